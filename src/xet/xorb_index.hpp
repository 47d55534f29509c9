#pragma once
// What the server must know about a xorb to serve it: per chunk its hash and where it ends, in the
// stored records and in the uncompressed bytes. Made by XorbVerifier or XorbBuilder, kept in the
// database as 40 bytes per chunk, read by reconstruction and by the gateway. A value; immutable use
// from several threads is fine. Format: docs/formats/xorb.md.

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "xet/hash.hpp"
#include "xet/limits.hpp"

#include <functional>

namespace siahub::xet {

struct ChunkEntry {
    Hash hash;
    std::uint32_t physical_end = 0;  // end of the record, counted from the start of the xorb
    std::uint32_t unpacked_end = 0;  // end of the chunk in the uncompressed xorb

    friend bool operator==(const ChunkEntry&, const ChunkEntry&) = default;
};

// Half open: [start, end).
struct ByteSpan {
    std::uint64_t start = 0;
    std::uint64_t end = 0;

    [[nodiscard]] std::uint64_t size() const { return end - start; }
    friend bool operator==(const ByteSpan&, const ByteSpan&) = default;
};

struct XorbIndex {
    Hash xorb;
    std::vector<ChunkEntry> chunks;

    [[nodiscard]] std::uint32_t chunk_count() const {
        return static_cast<std::uint32_t>(chunks.size());
    }
    [[nodiscard]] std::uint32_t records_size() const { return physical_start(chunk_count()); }
    [[nodiscard]] std::uint32_t unpacked_size() const { return unpacked_start(chunk_count()); }
    // Where chunk i starts; i == chunk_count() is the end.
    [[nodiscard]] std::uint32_t physical_start(std::uint32_t i) const;
    [[nodiscard]] std::uint32_t unpacked_start(std::uint32_t i) const;

    // Chunks [start, end); the caller has checked them with has_range().
    [[nodiscard]] bool has_range(std::uint32_t start, std::uint32_t end) const;
    [[nodiscard]] ByteSpan physical_range(std::uint32_t start, std::uint32_t end) const;
    [[nodiscard]] std::uint32_t unpacked_size(std::uint32_t start, std::uint32_t end) const;
    [[nodiscard]] Hash range_hash(std::uint32_t start, std::uint32_t end) const;
    // The chunk that holds this byte of the uncompressed xorb; offset < unpacked_size().
    [[nodiscard]] std::uint32_t chunk_at(std::uint32_t unpacked_offset) const;
    // The tree over the chunks. `xorb` is whatever the maker put there; this computes.
    [[nodiscard]] Hash compute_hash() const;

    [[nodiscard]] Bytes serialize() const;
    // Strict: whole entries, 1..8192 of them, ends that rise within the limits of a record. The
    // hash is the key the blob is stored under; it is not recomputed.
    static Result<XorbIndex> parse(const Hash& xorb, ByteView blob);

    friend bool operator==(const XorbIndex&, const XorbIndex&) = default;
};

// Finds the index of a xorb among those the caller has loaded; nullptr when there is none. The
// pointer stays valid while the function that was given the lookup runs.
using IndexLookup = std::function<const XorbIndex*(const Hash& xorb)>;

}  // namespace siahub::xet
