#pragma once
// Answers global dedup queries. Only chunks that are reachable through a repository the caller may
// read are found, and the answer describes only the xorb that holds the queried chunk, with chunk
// hashes under a fresh key: nobody learns chunk hashes of bytes they do not have. An answer is a
// promise: until it expires the client may refer to the xorb without sending it, so kDedupPromise
// must stay below the grace period of any garbage collection. Thread-safe.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "store/xorb_catalog.hpp"

namespace siahub::store {

inline constexpr UnixMillis kDedupPromise = 24LL * 60 * 60 * 1000;

// Whose repositories a caller may read: the one the token is bound to, all public ones, and all of
// these namespaces (users.id).
struct Readable {
    RowId repo = 0;
    std::vector<RowId> owners;
};

class DedupIndex {
  public:
    DedupIndex(db::Database& database, XorbCatalog& catalog, const Clock& clock);

    // The bytes of the shard that answers the query, or nothing when the chunk is unknown.
    Task<Result<std::optional<Bytes>>> answer(xet::Hash chunk, Readable readable);
    // A xorb that holds the chunk, whoever owns it: for bytes that the server itself has and
    // hashed.
    Task<Result<SharedIndex>> find_any(xet::Hash chunk);

  private:
    Task<Result<std::optional<xet::Hash>>> find(const xet::Hash& chunk, const Readable& readable);

    db::Database& database_;
    XorbCatalog& catalog_;
    const Clock& clock_;
};

}  // namespace siahub::store
