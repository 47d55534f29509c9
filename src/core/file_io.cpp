#include "core/file_io.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace siahub {
namespace {

Failure io_failure(std::string_view doing) {
    return Failure(io_error(errno, doing));
}

}  // namespace

Error io_error(int error_number, std::string_view doing) {
    if (error_number == ENOSPC || error_number == EDQUOT)
        return {Code::unavailable, "The server's disk is full. Free space and try again."};
    if (error_number == ENOENT) return {Code::not_found, "There is no such file in the store."};
    const auto reason = std::generic_category().message(error_number);
    return {Code::unavailable,
            "The server cannot " + std::string(doing) + " (" + reason + "). Try again later."};
}

Result<void> write_all(int fd, ByteView bytes) {
    while (!bytes.empty()) {
        const auto n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_failure("write to its disk");
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return {};
}

Result<void> read_exactly(int fd, std::uint64_t offset, std::span<std::byte> out) {
    while (!out.empty()) {
        const auto n = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_failure("read from its disk");
        if (n == 0)
            return fail(Code::internal, "A file of the store is shorter than it should be.");
        out = out.subspan(static_cast<std::size_t>(n));
        offset += static_cast<std::uint64_t>(n);
    }
    return {};
}

Result<void> sync_directory(const std::filesystem::path& directory) {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return io_failure("open a directory");
    const FileHandle closer(fd);
    if (::fsync(fd) != 0) return io_failure("sync a directory");
    return {};
}

}  // namespace siahub
