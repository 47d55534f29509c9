#pragma once
// Gives a repository another place, within a transaction that has reasons of its own: one that is
// renamed, or all those of an account that goes.

#include "hub/access.hpp"

namespace siahub::hub {

// The old place redirects from then on. Errors: conflict "A model repository called … already
// exists"; repo_not_found when it was moved or deleted meanwhile.
Task<Result<void>> move_repo(db::Transaction& tx, const Repo& repo, const Namespace& space,
                             std::string_view name);

// "models/ns/name", as events have it.
std::string place_of(const Repo& repo);

}  // namespace siahub::hub
