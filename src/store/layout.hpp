#pragma once
// Where things lie in the data directory, and how files get there durably:
//   xorbs/ab/cd/<64 hex>   chunk records of one xorb, named and placed by its hash in Xet text form
//   tmp/                   files being written; emptied at start
//   uploads/<id>/<n>       parts of multipart uploads; collected after a day
//   keys                   secrets of signed URLs and tokens, mode 0600
// Everything here blocks and belongs on a disk pool. Errors: unavailable when the disk is full or
// refuses, with a sentence that may be shown to clients and so names no path.

#include "core/file_io.hpp"
#include "xet/hash.hpp"

#include <filesystem>
#include <mutex>
#include <set>
#include <string>

namespace siahub::store {

class Layout {
  public:
    // Creates what is missing.
    static Result<Layout> create(const std::filesystem::path& root);

    [[nodiscard]] std::filesystem::path xorbs() const { return root_ / "xorbs"; }
    [[nodiscard]] std::filesystem::path tmp() const { return root_ / "tmp"; }
    [[nodiscard]] std::filesystem::path uploads() const { return root_ / "uploads"; }
    [[nodiscard]] std::filesystem::path keys() const { return root_ / "keys"; }
    [[nodiscard]] std::filesystem::path xorb(const xet::Hash& hash) const;
    // xorbs/00 to xorbs/ff, made by create(); the level below is made as it is needed.
    [[nodiscard]] std::vector<std::filesystem::path> xorb_groups() const;

  private:
    explicit Layout(std::filesystem::path root) : root_(std::move(root)) {}

    std::filesystem::path root_;
};

// A new file that disappears with this object unless it was moved to its place. Writing starts
// write-back early, so that the final sync has little left to do, and takes disk space ahead in
// large steps, which costs the file system less than finding room for every block. sync() gives
// back what was taken too much, so it comes before move_to().
class TempFile {
  public:
    static Result<TempFile> create(const std::filesystem::path& directory);
    TempFile(TempFile&& other) noexcept;
    TempFile& operator=(TempFile&& other) noexcept;
    ~TempFile();

    Result<void> append(ByteView bytes);
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] int fd() const { return fd_; }
    Result<void> sync();
    // Renames over whatever is there. Durable once the directory is synced.
    Result<void> move_to(const std::filesystem::path& target);

  private:
    TempFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
    void discard() noexcept;
    void reserve(std::uint64_t more) noexcept;

    std::filesystem::path path_;
    int fd_ = -1;
    std::uint64_t size_ = 0;
    std::uint64_t write_back_from_ = 0;
    std::uint64_t reserved_ = 0;  // disk space is taken up to here
};

// Creates directories so that they survive a power failure: one counts as made only after its
// parent was synced, also when several threads make it at once. Thread-safe.
class DurableDirectories {
  public:
    // `made` are known to survive already.
    DurableDirectories(std::filesystem::path root, std::vector<std::filesystem::path> made)
        : root_(std::move(root)), made_(made.begin(), made.end()) {}
    // Makes `directory`, which lies below the root.
    Result<void> ensure(const std::filesystem::path& directory);

  private:
    std::filesystem::path root_;
    std::mutex mutex_;
    std::set<std::filesystem::path> made_;
};

}  // namespace siahub::store
