#pragma once
// Which files differ between two trees. Equal folders are not looked into, so it costs what has
// changed and the folders above that. Any thread.

#include "hub/trees.hpp"

#include <vector>

namespace siahub::hub {

struct TreeChange {
    std::string path;
    std::optional<PathEntry> before, after;  // files; one of them at least
};

struct TreeDiff {
    std::vector<TreeChange> changes;  // in git's order of paths
    bool truncated = false;           // there are more than `most`
};

// `before`: nothing for no tree at all.
Task<Result<TreeDiff>> diff_trees(TreeStore& trees, RowId repo, std::optional<Oid> before,
                                  Oid after, std::size_t most);

}  // namespace siahub::hub
