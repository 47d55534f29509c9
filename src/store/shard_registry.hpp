#pragma once
// Registers shards: checks that what a shard says is true of the stored xorbs and then, in one
// transaction, gives its files to a repository: recipe, claim of SHA-256, dedup entries. When it
// returns, the files are durable and can be read through this repository.
//
// SHA-256 -> file links are per repository and come from two sources. A shard's is a claim: it
// replaces an earlier link to another file only while no committed file uses that SHA-256. A link
// made by FileIngest was computed here, and always replaces. Either way both files stay readable
// under their hashes.
//
// Errors: invalid_argument with a sentence that names what is wrong (a lie, a missing xorb, missing
// verification), payload_too_large. Registering again is success with is_new = false. Thread-safe.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "store/pools.hpp"
#include "store/xorb_catalog.hpp"
#include "xet/shard.hpp"

#include <functional>

namespace siahub::store {

class Registration;

struct RegisteredShard {
    bool is_new = false;
    std::size_t files = 0;
    std::uint64_t bytes = 0;         // of all files
    std::vector<xet::Hash> xorbs{};  // that the files need, each once
};

// Called on the caller's executor between files, with the number verified so far.
using VerifyProgress = std::function<void(std::size_t verified, std::size_t total)>;

class ShardRegistry {
  public:
    ShardRegistry(db::Database& database, XorbCatalog& catalog, Pools pools, const Clock& clock);

    // `body` outlives the call.
    Task<Result<RegisteredShard>> register_shard(RowId repo, ByteView body,
                                                 VerifyProgress progress = {});

  private:
    Task<Result<void>> verify_xorbs(const xet::Shard& shard);
    Task<Result<void>> verify_file(const xet::ShardFile& file, Registration& registration);

    db::Database& database_;
    XorbCatalog& catalog_;
    Pools pools_;
    const Clock& clock_;
};

}  // namespace siahub::store
