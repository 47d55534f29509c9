#include "hub/repo_lock.hpp"

#include "hub/access.hpp"

namespace siahub::hub {

// An update of nothing is the lock that both databases know. The column is in no index.
Task<Result<void>> lock_repo(db::Transaction& transaction, RowId repo) {
    const auto rows = CO_TRY(co_await transaction.query(
        "UPDATE repos SET sdk = sdk WHERE id = $1 RETURNING id", {repo}));
    if (rows.empty()) co_return std::unexpected(repo_not_found());
    co_return Result<void>{};
}

Task<Result<void>> lock_owner(db::Transaction& transaction, RowId account) {
    const auto rows = CO_TRY(co_await transaction.query(
        "UPDATE users SET fullname = fullname WHERE id = $1 AND kind <> 'deleted' RETURNING id",
        {account}));
    if (rows.empty()) co_return fail(Code::forbidden, "The owner has been deleted");
    co_return Result<void>{};
}

}  // namespace siahub::hub
