#include "backup/restore_mark.hpp"
#include "doctor/checks.hpp"

#include <chrono>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace siahub::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLittleSpace = std::uint64_t{5} << 30;
constexpr std::uint64_t kNoSpace = std::uint64_t{256} << 20;
constexpr std::uint64_t kSmallShare = 20;  // a twentieth of the disk
constexpr auto kOldTemporary = std::chrono::hours(6);
constexpr auto kOldUpload = std::chrono::hours(25);  // collected after a day

// False when there is no use in looking further.
bool check_directory(const fs::path& data, Report& report) {
    constexpr auto check = "data.directory";
    struct stat status{};
    if (::stat(data.c_str(), &status) != 0) {
        report.error(check, data.string() + " is not there",
                     "name the hub's directory with --data, or start a hub: it makes one");
        return false;
    }
    if (!S_ISDIR(status.st_mode)) {
        report.error(check, data.string() + " is no directory", "name another one with --data");
        return false;
    }
    if (status.st_uid != ::geteuid() && ::geteuid() != 0) {
        report.error(
            check,
            fmt::format("{} belongs to user {}, not to this one", data.string(), status.st_uid),
            "run as the user that the hub runs as");
        return false;
    }
    if (::access(data.c_str(), R_OK | W_OK | X_OK) != 0) {
        report.error(check, data.string() + " cannot be written",
                     fmt::format("chmod 700 {}", data.string()));
        return false;
    }
    if ((status.st_mode & 0077) != 0)
        report.warning(check,
                       fmt::format("{} is open to other users of this machine (mode {:o})",
                                   data.string(), status.st_mode & 0777),
                       fmt::format("chmod 700 {}", data.string()));
    else
        report.ok(check, data.string());
    return true;
}

// A command that was run as root leaves files that the hub cannot open.
void check_owners(const fs::path& data, Report& report) {
    std::vector<OwnedFile> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(data, error)) {
        struct stat status{};
        if (::lstat(entry.path().c_str(), &status) == 0)
            files.push_back({entry.path().filename().string(), status.st_uid});
    }
    struct stat status{};
    if (::stat(data.c_str(), &status) == 0) judge_owners(data, status.st_uid, files, report);
}

struct Remains {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
};

Remains older_than(const fs::path& directory, std::chrono::hours age) {
    Remains remains;
    std::error_code error;
    const auto before = fs::file_time_type::clock::now() - age;
    for (auto at = fs::recursive_directory_iterator(directory, error);
         !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        std::error_code gone;
        if (!at->is_regular_file(gone) || at->last_write_time(gone) > before || gone) continue;
        ++remains.files;
        remains.bytes += at->file_size(gone);
    }
    return remains;
}

void check_remains(const fs::path& data, Report& report) {
    const auto temporary = older_than(data / "tmp", kOldTemporary);
    if (temporary.files == 0)
        report.ok("data.temporary", "nothing left over");
    else
        report.warning("data.temporary",
                       fmt::format("{} files with {} lie in {} since hours", temporary.files,
                                   backup::show_bytes(temporary.bytes), (data / "tmp").string()),
                       "restart the hub: it empties that directory");
    const auto uploads = older_than(data / "uploads", kOldUpload);
    if (uploads.files == 0)
        report.ok("data.uploads", "no abandoned multipart uploads");
    else
        report.warning("data.uploads",
                       fmt::format("{} parts with {} of uploads that nobody completed",
                                   uploads.files, backup::show_bytes(uploads.bytes)),
                       "a running hub collects them every hour; is one running?");
}

}  // namespace

void judge_space(const fs::path& where, const Space& space, Report& report) {
    constexpr auto check = "data.space";
    const auto what = fmt::format("{} of {} free at {}", backup::show_bytes(space.free),
                                  backup::show_bytes(space.total), where.string());
    const auto* const remedy = "free space, or move the data directory to a larger disk";
    if (space.free < kNoSpace)
        report.error(check, what + ": uploads fail", remedy);
    else if (space.free < kLittleSpace && space.free < space.total / kSmallShare)
        report.warning(check, what, remedy);
    else
        report.ok(check, what);
}

void judge_owners(const fs::path& data, unsigned owner, const std::vector<OwnedFile>& files,
                  Report& report) {
    constexpr auto check = "data.owner";
    std::string others;
    for (const auto& file : files)
        if (file.owner != owner) others += (others.empty() ? "" : ", ") + file.name;
    if (others.empty())
        report.ok(check, fmt::format("everything belongs to user {}", owner));
    else
        report.error(
            check,
            fmt::format("{} belongs to user {}, but not {}: the hub may be unable to "
                        "open it",
                        data.string(), owner, others),
            fmt::format("chown -R {} {}; run admin commands as that user", owner, data.string()));
}

void check_data(const Subject& subject, Report& report) {
    const auto& data = subject.config().data;
    if (!check_directory(data, report)) return;
    if (const auto whole = backup::refuse_half_restored(data); !whole)
        report.error("data.restore", whole.error().message,
                     "run the same `siahub admin restore` again");
    check_owners(data, report);
    std::error_code error;
    if (const auto space = fs::space(data, error); !error)
        judge_space(data, {.free = space.available, .total = space.capacity}, report);
    check_remains(data, report);
}

}  // namespace siahub::doctor
