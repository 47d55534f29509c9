#pragma once
// The commits that changed one path: added it, removed it, or changed it or what is below it.
// Answered from path_history (docs/formats/history.md) and not by looking at commits one by one.
//
// A page has a bounded price, however long the history is and however seldom the path changed in
// it: rows of path_history of at most kMostChains chains and kMostCommits commits are read, besides
// two trees on the path for each of them, and the logarithm of the distance where a file went with
// its folder. Where that bound ends the page, it says where to go on, even with nothing found.
// Read-only. Threads: any. Errors: revision_not_found.

#include "hub/history.hpp"
#include "hub/trees.hpp"

namespace siahub::hub {

struct PathLogPage {
    std::vector<CommitInfo> commits;  // newest first
    std::optional<Oid> next;          // what is left begins before this commit; nothing: no more
};

class PathLog {
  public:
    static constexpr std::size_t kMostCommits = 100;
    static constexpr std::int64_t kMostChains = 64;

    PathLog(db::Database& database, TreeStore& trees, History& history,
            std::int64_t most_chains = kMostChains)
        : database_(database), trees_(trees), history_(history), most_chains_(most_chains) {}

    // From `head` itself on. `limit`: between 1 and kMostCommits.
    Task<Result<PathLogPage>> list(RowId repo, const Oid& head, std::string path,
                                   std::size_t limit);
    // From the parent of `last` on: what follows a page that ended with it.
    Task<Result<PathLogPage>> list_before(RowId repo, const Oid& last, std::string path,
                                          std::size_t limit);

  private:
    struct Window;
    struct Question;

    Task<Result<Window>> open_window(RowId repo, Position top);
    Task<Result<std::vector<std::int64_t>>> recorded(const Question& asked, const Window& window,
                                                     std::size_t most);
    Task<Result<CommitInfo>> at(const Question& asked, const Window& window, std::int64_t depth);
    Task<Result<bool>> exists(const Question& asked, const Window& window, std::int64_t depth);
    Task<Result<std::optional<std::int64_t>>> hidden_removal(const Question& asked,
                                                             const Window& window, std::int64_t low,
                                                             std::int64_t high);
    Task<Result<std::vector<std::int64_t>>> changes(const Question& asked, const Window& window);

    db::Database& database_;
    TreeStore& trees_;
    History& history_;
    const std::int64_t most_chains_;
};

}  // namespace siahub::hub
