#pragma once
// Makes a xorb from raw chunks without holding it: append() returns the record to write to disk at
// once, finish() the index that names it. For bytes that reach the server without chunks (LFS) and
// for tests. One thread; reusable after finish(). Nothing fails: appending what does not fit is a
// bug of the caller and throws std::logic_error.

#include "core/bytes.hpp"
#include "xet/chunk_codec.hpp"
#include "xet/xorb_index.hpp"

namespace siahub::xet {

class XorbBuilder {
  public:
    struct Limits {
        std::size_t unpacked_bytes = kMaxXorb;
        std::size_t chunks = kMaxXorbChunks;
    };

    XorbBuilder() = default;
    explicit XorbBuilder(Limits limits);

    [[nodiscard]] bool empty() const { return index_.chunks.empty(); }
    [[nodiscard]] std::uint32_t chunk_count() const { return index_.chunk_count(); }
    [[nodiscard]] std::uint32_t records_size() const { return index_.records_size(); }
    [[nodiscard]] std::uint32_t unpacked_size() const { return index_.unpacked_size(); }
    // Whether a chunk of this size may still be appended.
    [[nodiscard]] bool fits(std::size_t chunk_size) const;

    // `hash` is chunk_hash(chunk), which the caller needs for dedup anyway. The record lives until
    // the next call.
    ByteView append(const Hash& hash, ByteView chunk);
    // The index with the xorb's hash; the builder is empty again. Not for an empty builder.
    XorbIndex finish();

  private:
    Limits limits_;
    ChunkEncoder encoder_;
    XorbIndex index_;
    TreeHasher tree_;
};

}  // namespace siahub::xet
