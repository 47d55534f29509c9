#pragma once
// What a shard says: recipes of files and contents of xorbs. Plain values shared by the parser, the
// builder, the checks and reconstruction. Format: docs/formats/shard.md.

#include "xet/hash.hpp"

#include <optional>

namespace siahub::xet {

// A piece of a file: chunks [chunk_start, chunk_end) of a xorb. Also called a term.
struct Segment {
    Hash xorb;
    std::uint32_t chunk_start = 0;
    std::uint32_t chunk_end = 0;
    std::uint32_t unpacked_length = 0;

    friend bool operator==(const Segment&, const Segment&) = default;
};

struct ShardFile {
    Hash file;
    std::vector<Segment> segments;
    // One range hash per segment, or none at all when the uploader sent none (see
    // has_verification).
    std::vector<Hash> verification;
    bool has_verification = false;
    // A claim of the uploader; not checked by anything in this layer.
    std::optional<Sha256> sha256;

    [[nodiscard]] std::uint64_t size() const;
    friend bool operator==(const ShardFile&, const ShardFile&) = default;
};

struct ShardChunk {
    Hash hash;
    std::uint32_t unpacked_length = 0;
    bool dedup_eligible = false;  // as flagged by the sender (bit 31)

    friend bool operator==(const ShardChunk&, const ShardChunk&) = default;
};

struct ShardXorb {
    Hash xorb;
    std::uint32_t unpacked_size = 0;
    std::uint32_t stored_size = 0;  // zero when the sender does not say
    std::vector<ShardChunk> chunks;

    friend bool operator==(const ShardXorb&, const ShardXorb&) = default;
};

struct Shard {
    std::vector<ShardFile> files;
    std::vector<ShardXorb> xorbs;

    friend bool operator==(const Shard&, const Shard&) = default;
};

}  // namespace siahub::xet
