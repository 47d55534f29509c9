#pragma once
// Which files of a hub have bodies that are neither on a disk nor on Sia, by repository and path.

#include "backup/remote_pins.hpp"

#include <string>
#include <vector>

namespace siahub::app {

struct MissingPath {
    std::string repo;  // "model alice/bert"
    std::string
        path;  // as its branches and tags have it; the file's hash where only older commits do
    std::uint64_t size = 0;
};

// Where these files are. Looks at the trees of all branches and tags of their repositories.
Task<Result<std::vector<MissingPath>>> paths_of(db::Database& database,
                                                std::vector<backup::MissingFile> files);
// Looks at all recipes and at the trees of all branches and tags of the repositories concerned.
Task<Result<std::vector<MissingPath>>> find_missing(db::Database& database);

}  // namespace siahub::app
