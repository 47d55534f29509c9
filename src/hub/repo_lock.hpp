#pragma once
// The order among those who change one repository: each transaction that reads what it is about to
// change (places in history, names of branches) begins by locking the row of the repository, and so
// waits for the one before it. Reading is never held up.

#include "core/ids.hpp"
#include "db/database.hpp"

namespace siahub::hub {

// Until the end of the transaction. Error: repo_not_found when it was deleted meanwhile.
Task<Result<void>> lock_repo(db::Transaction& transaction, RowId repo);

// The same for the account that is about to own another one, which may not be deleted before.
// Error: forbidden when it was: who asks may be known for some seconds longer than he is there.
Task<Result<void>> lock_owner(db::Transaction& transaction, RowId account);

}  // namespace siahub::hub
