#include "doctor/checks.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

namespace siahub::doctor {
namespace {

// A connection may hold a body open; the rest is the store's own, the database's and the log's.
constexpr std::uint64_t kFilesPerConnection = 2;
constexpr std::uint64_t kOtherFiles = 512;

}  // namespace

void judge_open_files(std::uint64_t allowed, std::uint64_t needed, Report& report) {
    constexpr auto check = "limits.open_files";
    if (allowed >= needed) {
        report.ok(check, fmt::format("{} allowed here", allowed));
        return;
    }
    report.warning(check,
                   fmt::format("{} allowed here, {} connections may need {}", allowed,
                               (needed - kOtherFiles) / kFilesPerConnection, needed),
                   fmt::format("`ulimit -n {0}` before starting the hub, LimitNOFILE={0} in its "
                               "unit, or a lower max_connections",
                               needed));
}

void check_limits(const Subject& subject, Report& report) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const auto& config = subject.config();
    judge_open_files(limit.rlim_cur,
                     kFilesPerConnection * config.server.max_connections + kOtherFiles, report);
}

}  // namespace siahub::doctor
