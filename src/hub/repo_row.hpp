#pragma once
// How a row of `repos` becomes a Repo: a macro of columns, so that statements stay string literals;
// and how a new one is written.

#include "db/database.hpp"
#include "hub/types.hpp"

#define SIAHUB_REPO_COLUMNS                                                      \
    "id, kind, owner_id, namespace, name, private, gated, default_branch, sdk, " \
    "downloads, likes, created_at, updated_at"

namespace siahub::hub {

inline constexpr std::size_t kRepoColumnCount = 13;

// The first kRepoColumnCount columns of the row are SIAHUB_REPO_COLUMNS. The card stays empty.
Repo repo_from_row(const db::Row& row);

// Writes the row and its place in the search index; a former name of another repository becomes
// this one's. False when the name is taken, after whoever was about to take it is done. Error:
// forbidden when the owner was deleted meanwhile.
Task<Result<bool>> insert_repo(db::Transaction& tx, const Repo& repo, RowId creator_id);
// Error: repo_not_found.
Task<Result<Repo>> load_repo(db::Transaction& tx, RepoKind kind, std::string_view ns,
                             std::string_view name);

}  // namespace siahub::hub
