#pragma once
// Which repositories have all bytes of their large files on Sia: a row of repo_durability each, so
// that lists can begin with them. Whoever registers files, and whoever finds that Sia has lost a
// xorb, says in the same transaction that it is no longer so; settle() finds out, later, what has
// become so. The row is therefore late when a repository has become safe, by a few seconds, and
// never when it has ceased to be.
//
// A row names a witness: a xorb that is not on Sia. As long as that stays so there is nothing to
// find out. A pin that comes to Sia is news for those whose witness it was, which go on to the next
// one. `version` keeps what was found from being written when more files came meanwhile; two
// processes at it at once do no harm. Any thread.

#include "core/ids.hpp"
#include "db/database.hpp"
#include "xet/hash.hpp"

#include <optional>

namespace siahub::store {

class Durability {
  public:
    explicit Durability(db::Database& database) : database_(database) {}

    // Looks at up to `most` pins and `most` repositories; whether there may be more to do.
    Task<Result<bool>> settle(std::int64_t most = 256);

    // Inside the transaction that gives the repository files; at its end, because registrations of
    // the same repository wait here for each other.
    static Task<Result<void>> note_files(db::Transaction& transaction, RowId repo);
    // Inside the transaction after which the xorb is not on Sia any more.
    static Task<Result<void>> note_loss(db::Transaction& transaction, xet::Hash xorb);

  private:
    struct Look {
        RowId repo = 0;
        std::int64_t version = 0;
    };
    Task<Result<bool>> spread_news(std::int64_t most);
    Task<Result<void>> look_at(Look look);
    Task<Result<std::optional<Bytes>>> find_witness(RowId repo);
    Task<Result<bool>> is_pinned(ByteView xorb);

    db::Database& database_;
};

}  // namespace siahub::store
