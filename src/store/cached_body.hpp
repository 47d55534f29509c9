#pragma once
// One body of the disk cache: a sparse file of chunk records, and beside it a map that says which
// chunks are there (docs/formats/cache.md). The map is written after the chunks, without a sync, so
// a crash of the process loses nothing; a map from before the last boot of the machine may promise
// chunks that a power failure took, so those are checked against their hashes before they count.
//
// Thread-safe. Everything but the questions blocks and belongs on a pool.

#include "core/async_mutex.hpp"
#include "store/bodies.hpp"
#include "store/xorb_catalog.hpp"
#include "xet/chunk_codec.hpp"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <vector>

namespace siahub::store {

// Half open.
struct ChunkSpan {
    std::uint32_t start = 0;
    std::uint32_t end = 0;
    friend bool operator==(const ChunkSpan&, const ChunkSpan&) = default;
};

// The chunks whose records hold these bytes, which lie within the body.
ChunkSpan chunks_of(const xet::XorbIndex& index, xet::ByteSpan bytes);

class CachedBody {
  public:
    // `base` is the path without an ending. An old map or file of this name is replaced.
    static Result<std::shared_ptr<CachedBody>> create(const std::filesystem::path& base,
                                                      SharedIndex index, std::string_view boot);
    // invalid_argument when the map is not one.
    static Result<std::shared_ptr<CachedBody>> load(const std::filesystem::path& base,
                                                    const xet::Hash& xorb, std::string_view boot);
    CachedBody(std::filesystem::path base, SharedIndex index, std::string_view boot, bool trusted);

    [[nodiscard]] const xet::XorbIndex& index() const { return *index_; }
    [[nodiscard]] bool has(ChunkSpan chunks) const;
    // Runs that are not there; those with little between them are joined.
    [[nodiscard]] std::vector<ChunkSpan> missing(ChunkSpan chunks) const;
    [[nodiscard]] std::uint64_t bytes_present() const;
    // False until check_claims() has run on a body from before the last boot.
    [[nodiscard]] bool trusted() const { return trusted_; }

    Result<SharedFile> open_file() const;
    // Writes records that were verified: whole chunks from `first` on. What was written before the
    // disk refused counts as not there.
    Result<void> write(const FileHandle& file, std::uint32_t first, std::uint32_t count,
                       ByteView records);
    Result<void> check_claims(const FileHandle& file);
    // Takes the files away; descriptors go on working and nothing is written by this name again.
    void remove() noexcept;

    // Held by the one task that fills or checks this body.
    AsyncMutex filling;
    // How often filling failed because nobody answered, and the last time how: those who waited
    // meanwhile share it.
    std::atomic<unsigned> failures = 0;
    Error failure{};  // written and read by who holds `filling`

  private:
    [[nodiscard]] std::filesystem::path data_path() const;
    [[nodiscard]] std::filesystem::path map_path() const;
    void read_map(ByteView map);
    [[nodiscard]] Bytes serialize_map() const;
    Result<void> save_map();

    std::filesystem::path base_;
    SharedIndex index_;
    std::string boot_;
    std::atomic<bool> trusted_;
    mutable std::mutex mutex_;
    std::vector<bool> present_;
    std::uint64_t bytes_ = 0;
    std::mutex map_mutex_;
    bool removed_ = false;
};

// A chunk record with this content: header, length and hash are right.
Result<void> check_record(xet::ChunkDecoder& decoder, const xet::XorbIndex& index,
                          std::uint32_t chunk, ByteView record);

}  // namespace siahub::store
