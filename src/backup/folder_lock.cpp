#include "backup/folder_lock.hpp"

#include "core/file_io.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace siahub::backup {
namespace {

bool still_there(const std::filesystem::path& path, int fd) {
    struct stat named{};
    struct stat opened{};
    return ::stat(path.c_str(), &named) == 0 && ::fstat(fd, &opened) == 0 &&
           named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

}  // namespace

Result<Lock> lock_path(const std::filesystem::path& path, LockKind kind, std::string otherwise) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Failure(io_error(errno, "open " + path.string()));
    auto lock = std::make_unique<FileHandle>(fd);
    const int operation = kind == LockKind::exclusive ? LOCK_EX : LOCK_SH;
    const bool held = ::flock(fd, operation | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    // Whoever held it until a moment ago may have taken the path away.
    if (held || !still_there(path, fd)) return fail(Code::conflict, std::move(otherwise));
    return lock;
}

}  // namespace siahub::backup
