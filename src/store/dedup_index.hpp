#pragma once
// Answers global dedup queries. Only chunks that are reachable through a repository the caller may
// read are found. The answer describes the xorb that holds the chunk and some that follow it in a
// file of that same repository, with chunk hashes under a fresh key: nobody learns chunk hashes of
// bytes they cannot read. An answer is a promise: until it expires the client may refer to the
// xorbs without sending them, so kDedupPromise must stay below the grace period of any garbage
// collection. Thread-safe.

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
    // A xorb that follows this one in some file; likewise.
    Task<Result<SharedIndex>> find_sequel(xet::Hash xorb);

  private:
    static constexpr std::size_t kMaxAnswerXorbs = 17;  // about 48 KiB each, 1 GiB of file
    static constexpr std::size_t kMaxHits = 3;          // repositories that an answer draws on
    struct Hit {
        xet::Hash xorb;
        RowId repo = 0;
    };
    Task<Result<std::vector<Hit>>> find(const xet::Hash& chunk, const Readable& readable);
    Task<Result<void>> add_neighbourhood(Hit hit, xet::Hash chunk,
                                         std::vector<SharedIndex>& indexes);

    db::Database& database_;
    XorbCatalog& catalog_;
    const Clock& clock_;
};

}  // namespace siahub::store
