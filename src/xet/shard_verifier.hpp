#pragma once
// Whether a parsed shard tells the truth, judged by the indexes of stored xorbs alone: no body is
// read. A file may name any stored xorb, its own or another's, because its range hashes prove that
// the uploader had the chunks. A lie is invalid_argument with a sentence that names the place; a
// xorb that the lookup does not know is invalid_argument as well, since it must be uploaded first.

#include "core/result.hpp"
#include "xet/shard.hpp"
#include "xet/xorb_index.hpp"

namespace siahub::xet {

enum class Verification { required, optional };

struct VerifiedFile {
    std::uint64_t size = 0;
    std::uint64_t chunks = 0;
};

// Bounds, lengths and range hash of every segment, and the file hash over all chunks in order.
Result<VerifiedFile> verify_file(const ShardFile& file, const IndexLookup& indexes,
                                 Verification verification = Verification::required);

// The shard's list of a xorb's chunks against the stored index.
Result<void> verify_xorb(const ShardXorb& claimed, const XorbIndex& stored);

}  // namespace siahub::xet
