#include "store/local_bodies.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace siahub::store {
namespace {

Result<SharedFile> open_file_at(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Failure(io_error(errno, "open a file"));
    auto file = std::make_shared<const FileHandle>(fd);
    // Few mounts note when a file is read; the order of eviction depends on it.
    const std::array<timespec, 2> read_now{timespec{0, UTIME_NOW}, timespec{0, UTIME_OMIT}};
    ::futimens(fd, read_now.data());
    return file;
}

}  // namespace

LocalBodies::LocalBodies(Layout layout, Pools pools, std::size_t max_open_files)
    : layout_(std::move(layout)),
      pools_(pools),
      files_(max_open_files),
      directories_(layout_.xorbs(), layout_.xorb_groups()) {}

Task<Result<SharedFile>> LocalBodies::open_whole(xet::Hash xorb) {
    if (auto file = files_.find(xorb)) co_return file;
    auto file = CO_TRY(co_await pools_.disk.run([&] { return open_file_at(layout_.xorb(xorb)); }));
    files_.put(xorb, file);
    co_return file;
}

Task<Result<SharedFile>> LocalBodies::open(xet::Hash xorb, xet::ByteSpan) {
    return open_whole(xorb);
}

Task<Result<std::uint64_t>> LocalBodies::size(xet::Hash xorb) {
    const auto file = CO_TRY(co_await open_whole(xorb));
    struct stat status{};
    if (::fstat(file->fd(), &status) != 0) co_return Failure(io_error(errno, "read a file"));
    co_return static_cast<std::uint64_t>(status.st_size);
}

Result<TempFile> LocalBodies::new_temp_file() {
    return TempFile::create(layout_.tmp());
}

Result<void> LocalBodies::place(const xet::Hash& xorb, TempFile& file) {
    const auto target = layout_.xorb(xorb);
    TRY(file.sync());
    TRY(directories_.ensure(target.parent_path()));
    TRY(file.move_to(target));
    files_.drop(xorb);
    return sync_directory(target.parent_path());
}

Result<void> LocalBodies::remove(const xet::Hash& xorb) {
    files_.drop(xorb);
    if (::unlink(layout_.xorb(xorb).c_str()) != 0 && errno != ENOENT)
        return Failure(io_error(errno, "remove a file"));
    return {};
}

std::int64_t LocalBodies::last_read(const xet::Hash& xorb) const {
    struct stat status{};
    if (::stat(layout_.xorb(xorb).c_str(), &status) != 0) return 0;
    return status.st_atim.tv_sec;
}

std::optional<std::uint64_t> LocalBodies::size_of(const xet::Hash& xorb) const {
    struct stat status{};
    if (::stat(layout_.xorb(xorb).c_str(), &status) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace siahub::store
