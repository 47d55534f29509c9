#pragma once
// Bodies of xorbs as files of the data directory: puts a finished temporary file in its place so
// that it survives power loss, and opens bodies for reading through a bounded LRU of descriptors.
// Knows nothing of the database; XorbStore keeps rows and files together. Thread-safe.
// Errors: not_found when there is no such file, unavailable when the disk fails or is full.

#include "core/file_handle.hpp"
#include "store/layout.hpp"
#include "store/pools.hpp"

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace siahub::store {

using SharedFile = std::shared_ptr<const FileHandle>;

class LocalBodies {
  public:
    LocalBodies(Layout layout, Pools pools, std::size_t max_open_files);

    // A descriptor for pread and sendfile; positions are the caller's. In line when it is cached.
    Task<Result<SharedFile>> open(xet::Hash xorb);
    Result<TempFile> new_temp_file();
    // Syncs the file, renames it and syncs its directory. Blocks: call it on the disk pool.
    Result<void> place(const xet::Hash& xorb, TempFile& file);
    // Blocks. Removing what is not there is fine.
    Result<void> remove(const xet::Hash& xorb);
    // Bytes of the file, or nothing when there is none. Blocks.
    [[nodiscard]] std::optional<std::uint64_t> size_of(const xet::Hash& xorb) const;
    [[nodiscard]] const Layout& layout() const { return layout_; }

  private:
    using Lru = std::list<std::pair<xet::Hash, SharedFile>>;

    SharedFile cached(const xet::Hash& xorb);
    void remember(const xet::Hash& xorb, const SharedFile& file);
    void forget(const xet::Hash& xorb);

    Layout layout_;
    Pools pools_;
    std::size_t max_open_files_;
    DurableDirectories directories_;
    std::mutex mutex_;
    Lru recent_;  // newest first
    std::unordered_map<xet::Hash, Lru::iterator> open_;
};

}  // namespace siahub::store
