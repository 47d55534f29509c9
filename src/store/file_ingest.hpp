#pragma once
// The way in for plain bytes (LFS uploads, imports): cuts a stream into chunks, stores only those
// the server does not have, and registers the file for a repository with the SHA-256 computed here.
// When finish() returns the file is durable and readable. Work runs on the compute pool; memory per
// ingest is about 2 MiB plus 24 bytes per run of chunks. Xorbs are stored as they fill; an ingest
// that fails or is dropped registers nothing, and leaves at most xorbs that nobody refers to. One
// task at a time. Errors: invalid_argument when size or SHA-256 are not the expected ones.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "crypto/digest.hpp"
#include "store/dedup_index.hpp"
#include "store/xorb_store.hpp"
#include "xet/chunker.hpp"
#include "xet/shard.hpp"
#include "xet/xorb_builder.hpp"

namespace siahub::store {

struct ExpectedFile {
    std::optional<std::uint64_t> size;
    std::optional<Sha256> sha256;
};

struct IngestedFile {
    xet::Hash file;
    std::uint64_t size = 0;
    Sha256 sha256{};
    std::uint64_t new_bytes = 0;  // that were not in the store before
};

// What an ingest needs; all of it outlives the ingest.
struct IngestSinks {
    db::Database& database;
    XorbStore& xorbs;
    LocalBodies& bodies;
    DedupIndex& dedup;
    Pools pools;
    const Clock& clock;
};

class FileIngest {
  public:
    FileIngest(IngestSinks sinks, RowId repo, ExpectedFile expected);
    ~FileIngest();

    // Any size; 256 KiB to 1 MiB cost least. `piece` outlives the call.
    Task<Result<void>> feed(ByteView piece);
    Task<Result<IngestedFile>> finish();

  private:
    struct Work;
    Task<Result<void>> drive(ByteView piece, bool is_last);

    std::unique_ptr<Work> work_;
};

}  // namespace siahub::store
