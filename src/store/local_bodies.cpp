#include "store/local_bodies.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace siahub::store {
namespace {

Result<SharedFile> open_file_at(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Failure(io_error(errno, "open a file"));
    return std::make_shared<const FileHandle>(fd);
}

}  // namespace

LocalBodies::LocalBodies(Layout layout, Pools pools, std::size_t max_open_files)
    : layout_(std::move(layout)),
      pools_(pools),
      max_open_files_(std::max<std::size_t>(max_open_files, 1)),
      directories_(layout_.xorbs(), layout_.xorb_groups()) {}

Task<Result<SharedFile>> LocalBodies::open(xet::Hash xorb) {
    if (auto file = cached(xorb)) co_return file;
    auto file = CO_TRY(co_await pools_.disk.run([&] { return open_file_at(layout_.xorb(xorb)); }));
    remember(xorb, file);
    co_return file;
}

Result<TempFile> LocalBodies::new_temp_file() {
    return TempFile::create(layout_.tmp());
}

Result<void> LocalBodies::place(const xet::Hash& xorb, TempFile& file) {
    const auto target = layout_.xorb(xorb);
    TRY(file.sync());
    TRY(directories_.ensure(target.parent_path()));
    TRY(file.move_to(target));
    forget(xorb);
    return sync_directory(target.parent_path());
}

Result<void> LocalBodies::remove(const xet::Hash& xorb) {
    forget(xorb);
    if (::unlink(layout_.xorb(xorb).c_str()) != 0 && errno != ENOENT)
        return Failure(io_error(errno, "remove a file"));
    return {};
}

std::optional<std::uint64_t> LocalBodies::size_of(const xet::Hash& xorb) const {
    struct stat status{};
    if (::stat(layout_.xorb(xorb).c_str(), &status) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size);
}

SharedFile LocalBodies::cached(const xet::Hash& xorb) {
    const std::scoped_lock guard(mutex_);
    const auto found = open_.find(xorb);
    if (found == open_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front().second;
}

void LocalBodies::remember(const xet::Hash& xorb, const SharedFile& file) {
    const std::scoped_lock guard(mutex_);
    if (open_.contains(xorb)) return;
    if (open_.size() >= max_open_files_) {
        open_.erase(recent_.back().first);
        recent_.pop_back();
    }
    recent_.emplace_front(xorb, file);
    open_.emplace(xorb, recent_.begin());
}

void LocalBodies::forget(const xet::Hash& xorb) {
    const std::scoped_lock guard(mutex_);
    const auto found = open_.find(xorb);
    if (found == open_.end()) return;
    recent_.erase(found->second);
    open_.erase(found);
}

}  // namespace siahub::store
