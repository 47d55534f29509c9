#pragma once
// Writes shards: the answer to a global dedup query, and the form in which clients upload (for
// tests and tools). Format: docs/formats/shard.md.

#include "core/bytes.hpp"
#include "xet/shard.hpp"
#include "xet/xorb_index.hpp"

namespace siahub::xet {

struct DedupXorb {
    const XorbIndex* index = nullptr;
    // Chunks of this xorb that begin a file: clients ask about these as well.
    std::span<const std::uint32_t> file_starts;
};

struct DedupAnswerTerms {
    // Chunk hashes are shown only through this key. Zero shows them plainly, which leaks them.
    Blake3Key key{};
    std::uint64_t created = 0;  // unix seconds
    // Clients may rely on the xorbs until then (unix seconds; 0 = only for the running session), so
    // it must come before anything could collect them.
    std::uint64_t expires = 0;
};

// A shard without files that describes these xorbs. The footer is the last 200 bytes: the body must
// be sent with its exact length and nothing after it.
Bytes build_dedup_answer(std::span<const DedupXorb> xorbs, const DedupAnswerTerms& terms);

// The Rust client sends no footer, the JS client one with empty tables.
enum class ShardFooter { none, js };
Bytes build_upload_shard(const Shard& shard, ShardFooter form = ShardFooter::none,
                         std::uint64_t created = 0);

}  // namespace siahub::xet
