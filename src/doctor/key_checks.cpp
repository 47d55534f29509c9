#include "auth/key_ring.hpp"
#include "doctor/checks.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace siahub::doctor {
namespace {

constexpr UnixMillis kDay = 24LL * 60 * 60 * 1000;
constexpr UnixMillis kOld = 365 * kDay;

void check_rotation(const auth::KeyRing& ring, UnixMillis age, Report& report) {
    constexpr auto check = "keys.rotation";
    const auto keys = ring.derive("doctor").size();
    const auto what =
        fmt::format("{}; the newest is {} days old",
                    keys == 1 ? "one key" : fmt::format("{} keys are valid", keys), age / kDay);
    if (age > kOld)
        report.warning(check, what, "`siahub admin signing rotate`; running processes follow");
    else
        report.ok(check, what);
}

}  // namespace

void check_keys(const Subject& subject, Report& report) {
    constexpr auto check = "keys.file";
    const auto file = subject.config().keys_file();
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) {
        if (std::filesystem::is_directory(subject.config().data))
            report.warning(check, file.string() + " is not there: the next start makes new keys",
                           "if this hub gave out links before, restore its key file");
        return;
    }
    if ((status.st_mode & 0077) != 0)
        report.error(
            check,
            fmt::format("{} can be read by other users (mode {:o}): they can sign tokens",
                        file.string(), status.st_mode & 0777),
            fmt::format("chmod 600 {0}; then `siahub admin signing rotate` twice", file.string()));
    const auto ring = auth::KeyRing::open(file);
    if (!ring) {
        report.error(check, fmt::format("{}: {}", file.string(), ring.error().message),
                     "restore it from a backup; without it all links and tokens end");
        return;
    }
    if ((status.st_mode & 0077) == 0) report.ok(check, file.string());
    const auto changed = static_cast<UnixMillis>(status.st_mtim.tv_sec) * 1000;
    check_rotation(*ring, subject.clock.now() - changed, report);
}

}  // namespace siahub::doctor
