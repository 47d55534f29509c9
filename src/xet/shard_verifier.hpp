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

// Checks one file a few segments at a time, so that a caller with a huge file holds few indexes.
// Refers to the file. Errors are final.
class FileVerifier {
  public:
    explicit FileVerifier(const ShardFile& file) : file_(file) {}

    // Before the first segment: whether the verification hashes are there.
    Result<void> begin(Verification verification = Verification::required) const;
    // Bounds, length and range hash of the next `count` segments.
    Result<void> verify_segments(std::size_t count, const IndexLookup& indexes);
    // After the last segment: the file hash over all chunks in order.
    Result<VerifiedFile> finish();

  private:
    const ShardFile& file_;
    std::size_t next_ = 0;
    VerifiedFile verified_;
    TreeHasher tree_;
};

// All of that at once.
Result<VerifiedFile> verify_file(const ShardFile& file, const IndexLookup& indexes,
                                 Verification verification = Verification::required);

// The shard's list of a xorb's chunks against the stored index.
Result<void> verify_xorb(const ShardXorb& claimed, const XorbIndex& stored);

}  // namespace siahub::xet
