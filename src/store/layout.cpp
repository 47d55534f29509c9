#include "store/layout.hpp"

#include "core/encoding.hpp"
#include "core/random.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace siahub::store {
namespace {

// Dirty pages handed to the disk while more arrive: large enough for sequential writes, small
// enough that the final sync waits for little.
constexpr std::uint64_t kWriteBackStep = 8UL * 1024 * 1024;
// A fifth less kernel time per byte than letting every write find its blocks (bench/ingest).
constexpr std::uint64_t kReserveStep = 8UL * 1024 * 1024;

Failure io_failure(std::string_view doing) {
    return Failure(io_error(errno, doing));
}

}  // namespace

Result<Layout> Layout::create(const std::filesystem::path& root) {
    Layout layout(root);
    for (const auto& directory : {root, layout.xorbs(), layout.tmp(), layout.uploads()}) {
        std::error_code error;
        std::filesystem::create_directories(directory, error);
        if (error) return Failure(io_error(error.value(), "create its data directory"));
    }
    for (const auto& group : layout.xorb_groups()) {
        if (::mkdir(group.c_str(), 0755) != 0 && errno != EEXIST)
            return io_failure("create its data directory");
    }
    TRY(sync_directory(layout.xorbs()));
    TRY(sync_directory(root));
    return layout;
}

std::vector<std::filesystem::path> Layout::xorb_groups() const {
    std::vector<std::filesystem::path> groups;
    for (unsigned i = 0; i < 256; ++i) {
        const std::array digits{static_cast<std::byte>(i)};
        groups.push_back(xorbs() / to_hex(digits));
    }
    return groups;
}

std::filesystem::path Layout::xorb(const xet::Hash& hash) const {
    const auto hex = hash.hex();
    return xorbs() / hex.substr(0, 2) / hex.substr(2, 2) / hex;
}

Result<TempFile> TempFile::create(const std::filesystem::path& directory) {
    auto path = directory / random_id();
    const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644);
    if (fd < 0) return io_failure("create a file");
    return TempFile(std::move(path), fd);
}

TempFile::TempFile(TempFile&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      write_back_from_(other.write_back_from_),
      reserved_(other.reserved_) {}

TempFile& TempFile::operator=(TempFile&& other) noexcept {
    if (this != &other) {
        discard();
        path_ = std::exchange(other.path_, {});
        fd_ = std::exchange(other.fd_, -1);
        size_ = other.size_;
        write_back_from_ = other.write_back_from_;
        reserved_ = other.reserved_;
    }
    return *this;
}

TempFile::~TempFile() {
    discard();
}

void TempFile::discard() noexcept {
    if (!path_.empty()) ::unlink(path_.c_str());
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

// Only for a file that goes on growing after its first piece. A file system that cannot do it, or
// is too full for a whole step, takes the bytes as they come.
void TempFile::reserve(std::uint64_t more) noexcept {
    if (size_ == 0 || size_ + more <= reserved_) return;
    const auto step = std::max(more, kReserveStep);
    ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(size_), static_cast<off_t>(step));
    reserved_ = size_ + step;
}

Result<void> TempFile::append(ByteView bytes) {
    reserve(bytes.size());
    TRY(write_all(fd_, bytes));
    size_ += bytes.size();
    if (size_ - write_back_from_ >= kWriteBackStep) {
        // Advice only: sync() reports what goes wrong.
        ::sync_file_range(fd_, static_cast<off_t>(write_back_from_),
                          static_cast<off_t>(size_ - write_back_from_), SYNC_FILE_RANGE_WRITE);
        write_back_from_ = size_;
    }
    return {};
}

Result<void> TempFile::sync() {
    if (reserved_ > size_ && ::ftruncate(fd_, static_cast<off_t>(size_)) != 0)
        return io_failure("give back disk space");
    reserved_ = size_;
    if (::fdatasync(fd_) != 0) return io_failure("sync a file");
    return {};
}

Result<void> TempFile::move_to(const std::filesystem::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) return io_failure("rename a file");
    path_.clear();
    return {};
}

Result<void> DurableDirectories::ensure(const std::filesystem::path& directory) {
    if (directory == root_) return {};
    {
        const std::scoped_lock guard(mutex_);
        if (made_.contains(directory)) return {};
    }
    TRY(ensure(directory.parent_path()));
    if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST)
        return io_failure("create a directory");
    TRY(sync_directory(directory.parent_path()));
    const std::scoped_lock guard(mutex_);
    made_.insert(directory);
    return {};
}

}  // namespace siahub::store
