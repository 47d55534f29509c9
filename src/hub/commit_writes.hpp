#pragma once
// The statements that make a commit, for use inside its transaction.

#include "core/clock.hpp"
#include "db/database.hpp"
#include "hub/history.hpp"
#include "hub/tree_editor.hpp"

#include <span>
#include <string>
#include <string_view>

namespace siahub::hub {

// The first statement of a commit: from here on it is alone with the repository (repo_lock.hpp).
// False when that was deleted.
Task<Result<bool>> touch_repo(db::Transaction& transaction, RowId repo, UnixMillis now);

Task<Result<void>> insert_trees(db::Transaction& transaction, RowId repo,
                                std::span<const NewTree> trees);

// Which paths a commit changed.
Task<Result<void>> insert_changes(db::Transaction& transaction, RowId repo, Position position,
                                  std::span<const std::string> paths);

// A branch that is not there yet.
Task<Result<void>> insert_branch(db::Transaction& transaction, RowId repo, std::string_view branch,
                                 const Oid& target);

// False when the branch is not at `from` any more.
Task<Result<bool>> move_branch(db::Transaction& transaction, RowId repo, std::string_view branch,
                               const Oid& from, const Oid& to);

// Into the usage log; `bytes` of the files added.
Task<Result<void>> log_commit(db::Transaction& transaction, RowId repo, const Author& who,
                              std::uint64_t bytes, UnixMillis now);

}  // namespace siahub::hub
