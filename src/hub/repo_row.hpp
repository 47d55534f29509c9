#pragma once
// How a row of `repos` becomes a Repo: a macro of columns, so that statements stay string literals.

#include "db/database.hpp"
#include "hub/types.hpp"

#define SIAHUB_REPO_COLUMNS                                                      \
    "id, kind, owner_id, namespace, name, private, gated, default_branch, sdk, " \
    "downloads, likes, created_at, updated_at"

namespace siahub::hub {

inline constexpr std::size_t kRepoColumnCount = 13;

// The first kRepoColumnCount columns of the row are SIAHUB_REPO_COLUMNS. The card stays empty.
Repo repo_from_row(const db::Row& row);

}  // namespace siahub::hub
