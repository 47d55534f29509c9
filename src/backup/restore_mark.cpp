#include "backup/restore_mark.hpp"

#include "core/file_io.hpp"

#include <cerrno>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace siahub::backup {
namespace {

constexpr std::string_view kRows = "rows";
constexpr std::string_view kBodies = "bodies";

}  // namespace

std::optional<RestoreMark> read_restore_mark(const std::filesystem::path& data) {
    std::ifstream in(data / kRestoreMark);
    if (!in) return std::nullopt;
    RestoreMark mark;
    std::string stage;
    in >> mark.backup >> stage;
    mark.rows_begun = stage == kRows;
    return mark;
}

Result<void> write_restore_mark(const std::filesystem::path& data, const RestoreMark& mark) {
    auto draft = data / kRestoreMark;
    draft += ".new";
    const int fd = ::open(draft.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) return Failure(io_error(errno, "write to " + data.string()));
    const FileHandle closer(fd);
    const auto text =
        mark.backup + " " + std::string(mark.rows_begun ? kRows : kBodies) +
        "\nA restore into this directory has not ended. Run the same `siahub admin restore` again "
        "to go on, or remove the directory.\n";
    TRY(write_all(fd, as_bytes(text)));
    if (::fsync(fd) != 0) return Failure(io_error(errno, "sync a file"));
    if (::rename(draft.c_str(), (data / kRestoreMark).c_str()) != 0)
        return Failure(io_error(errno, "rename a file"));
    return sync_directory(data);
}

Result<void> remove_restore_mark(const std::filesystem::path& data) {
    std::error_code error;
    std::filesystem::remove(data / kRestoreMark, error);
    if (error) return Failure(io_error(error.value(), "remove a file"));
    return sync_directory(data);
}

Result<void> refuse_half_restored(const std::filesystem::path& data) {
    if (!std::filesystem::exists(data / kRestoreMark)) return {};
    return fail(Code::conflict, "A restore into " + data.string() +
                                    " has not ended. Run the same `siahub admin restore` again to "
                                    "go on, or remove the directory and start anew");
}

}  // namespace siahub::backup
