#pragma once
// Which files of a hub have bodies that are neither on a disk nor on Sia, by repository and path.

#include "core/task.hpp"
#include "db/database.hpp"

#include <string>
#include <vector>

namespace siahub::app {

struct MissingPath {
    std::string repo;  // "model alice/bert"
    std::string
        path;  // as its branches and tags have it; the file's hash where only older commits do
    std::uint64_t size = 0;
};

// Looks at all recipes and at the trees of all branches and tags of the repositories concerned.
Task<Result<std::vector<MissingPath>>> find_missing(db::Database& database);

}  // namespace siahub::app
