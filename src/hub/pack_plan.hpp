#pragma once
// Which git objects a client lacks: what `git clone` and `git fetch` get. Reads commits and trees,
// no contents. Costs the commits that are sent and the directories that they changed, and once the
// directories of what the client has. Any thread.

#include "git/upload_pack.hpp"
#include "hub/history.hpp"
#include "hub/trees.hpp"

#include <unordered_set>
#include <vector>

namespace siahub::hub {

struct PackPlan {
    std::vector<Oid> commits, trees, blobs;
    // Commits whose parents are left out, and those whose parents now come.
    std::vector<Oid> shallow, unshallow;

    [[nodiscard]] std::size_t size() const { return commits.size() + trees.size() + blobs.size(); }
};

class PackPlanner {
  public:
    PackPlanner(History& history, TreeStore& trees, RowId repo)
        : history_(history), trees_(trees), repo_(repo) {}

    // Of what the client has, what this repository has, too.
    Task<Result<std::vector<Oid>>> common(std::span<const Oid> haves);
    // Once. `common` as above. revision_not_found when it wants a commit that is not there.
    Task<Result<PackPlan>> plan(const git::Fetch& fetch, std::span<const Oid> common);

  private:
    // Ancestors of a commit by their depth: from the first on, up to the one before the second.
    struct Depths {
        std::int64_t from = 0, to = 0;
    };

    Task<Result<void>> add_want(const git::Fetch& fetch, const CommitInfo& want,
                                std::span<const Oid> common);
    Task<Result<Depths>> known_of(const CommitInfo& want, std::span<const Oid> common,
                                  std::span<const CommitInfo> cut);
    Task<Result<std::vector<CommitInfo>>> on_the_way(const CommitInfo& want,
                                                     std::span<const Oid> shallow);
    Task<Result<void>> add_commits(const CommitInfo& want, Depths depths);
    Task<Result<void>> add_boundary(const git::Fetch& fetch, const CommitInfo& want,
                                    std::int64_t lowest, std::span<const CommitInfo> cut);
    Task<Result<void>> add_tree(const Oid& root, bool is_sent);

    History& history_;
    TreeStore& trees_;
    RowId repo_;
    std::unordered_set<Oid> known_;  // the client has them, or the plan
    std::vector<Oid> roots_;
    PackPlan plan_;
};

}  // namespace siahub::hub
