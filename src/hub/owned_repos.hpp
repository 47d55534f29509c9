#pragma once
// The repositories of a namespace with what they store, by id: for its owner, who sees all of
// them. A page reads the objects of its own repositories; the total is counted once and travels in
// the cursor.

#include "db/database.hpp"
#include "hub/types.hpp"

#include <optional>
#include <vector>

namespace siahub::hub {

struct OwnedRepo {
    Repo repo;
    std::int64_t bytes = 0;  // different contents of all revisions
};

struct OwnedReposFrom {
    RowId after = 0;
    std::int64_t total = 0;  // bytes of the whole namespace
};

struct OwnedReposPage {
    std::vector<OwnedRepo> repos;
    std::int64_t total = 0;
    std::optional<OwnedReposFrom> next;  // nothing: the last page
};

Task<Result<OwnedReposPage>> owned_repos(db::Database& database, RowId owner,
                                         std::optional<OwnedReposFrom> from, std::int64_t limit);

}  // namespace siahub::hub
