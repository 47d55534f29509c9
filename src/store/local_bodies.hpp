#pragma once
// Bodies of xorbs as files of the data directory: puts a finished temporary file in its place so
// that it survives power loss, and opens bodies for reading through a bounded LRU of descriptors.
// Knows nothing of the database; XorbStore keeps rows and files together. Thread-safe.
// Errors: not_found when there is no such file, unavailable when the disk fails or is full.

#include "store/bodies.hpp"
#include "store/layout.hpp"
#include "store/open_files.hpp"
#include "store/pools.hpp"

namespace siahub::store {

class LocalBodies final : public Bodies {
  public:
    LocalBodies(Layout layout, Pools pools, std::size_t max_open_files);

    Task<Result<std::uint64_t>> size(xet::Hash xorb) override;
    // In line when the file is open already. Bodies here are whole, whichever bytes are asked for.
    Task<Result<SharedFile>> open(xet::Hash xorb, xet::ByteSpan bytes) override;
    Result<TempFile> new_temp_file();
    // Syncs the file, renames it and syncs its directory. Blocks: call it on the disk pool.
    Result<void> place(const xet::Hash& xorb, TempFile& file);
    // Blocks. Removing what is not there is fine.
    Result<void> remove(const xet::Hash& xorb);
    // Bytes of the file, or nothing when there is none. Blocks.
    [[nodiscard]] std::optional<std::uint64_t> size_of(const xet::Hash& xorb) const;
    // When it was opened last, in seconds: kept in the file's access time. Blocks.
    [[nodiscard]] std::int64_t last_read(const xet::Hash& xorb) const;
    [[nodiscard]] CacheStats open_files() const { return files_.stats(); }
    [[nodiscard]] const Layout& layout() const { return layout_; }

  private:
    Task<Result<SharedFile>> open_whole(xet::Hash xorb);

    Layout layout_;
    Pools pools_;
    OpenFiles files_;
    DurableDirectories directories_;
};

}  // namespace siahub::store
