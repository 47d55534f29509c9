#include "hub/path_log.hpp"

#include "hub/commit_rows.hpp"

#include <algorithm>
#include <span>

namespace siahub::hub {

struct PathLog::Question {
    RowId repo = 0;
    std::string path;
    std::size_t limit = 0;
};

// The part of an ancestry that one page looks at: the depths from `bottom` to that of the newest
// chain. Each chain, newest first, reaches down to where the next begins.
struct PathLog::Window {
    std::vector<Position> chains;
    std::int64_t bottom = 0;  // 0: all of the ancestry; else the last chain is that below it

    [[nodiscard]] std::span<const Position> inside() const {
        return std::span(chains).first(chains.size() - (bottom > 0 ? 1 : 0));
    }
    [[nodiscard]] std::int64_t top() const { return chains.front().depth; }
    [[nodiscard]] Position place(std::int64_t depth) const {
        std::size_t i = 0;
        while (i + 1 < chains.size() && depth <= chains[i + 1].depth)
            ++i;
        return {chains[i].lineage, depth};
    }
};

Task<Result<PathLog::Window>> PathLog::open_window(RowId repo, Position top) {
    const auto rows = CO_TRY(co_await database_.query(
        "WITH RECURSIVE chain (lineage, depth, place) AS ("
        " SELECT CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST(0 AS BIGINT)"
        " UNION ALL SELECT l.parent_lineage, l.parent_depth, chain.place + 1 FROM chain"
        " JOIN repo_lineages l ON l.repo_id = $1 AND l.lineage = chain.lineage"
        " WHERE l.parent_lineage IS NOT NULL AND chain.place < $4)"
        " SELECT lineage, depth FROM chain ORDER BY depth DESC",
        {repo, top.lineage, top.depth, most_chains_}));
    Window window;
    for (const auto& row : rows)
        window.chains.push_back({row.integer(0), row.integer(1)});
    if (static_cast<std::int64_t>(window.chains.size()) > most_chains_)
        window.bottom = window.chains.back().depth + 1;
    co_return window;
}

// Where the path is known to have changed, newest first.
Task<Result<std::vector<std::int64_t>>> PathLog::recorded(const Question& asked,
                                                          const Window& window, std::size_t most) {
    std::vector<std::int64_t> depths;
    for (const auto& chain : window.inside()) {
        const auto wanted = static_cast<std::int64_t>(most - depths.size());
        if (wanted == 0) break;
        const auto rows = CO_TRY(co_await database_.query(
            "SELECT depth FROM path_history WHERE repo_id = $1 AND path = $2 AND lineage = $3"
            " AND depth <= $4 ORDER BY depth DESC LIMIT $5",
            {asked.repo, asked.path, chain.lineage, chain.depth, wanted}));
        for (const auto& row : rows)
            depths.push_back(row.integer(0));
    }
    co_return depths;
}

Task<Result<CommitInfo>> PathLog::at(const Question& asked, const Window& window,
                                     std::int64_t depth) {
    const auto place = window.place(depth);
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT " SIAHUB_COMMIT_COLUMNS
        " FROM repo_commits WHERE repo_id = $1 AND lineage = $2 AND depth = $3",
        {asked.repo, place.lineage, place.depth}));
    if (rows.empty()) co_return fail(Code::internal, "The history of the repository has a gap");
    co_return commit_from_row(rows[0]);
}

Task<Result<bool>> PathLog::exists(const Question& asked, const Window& window,
                                   std::int64_t depth) {
    const auto commit = CO_TRY(co_await at(asked, window, depth));
    const auto entry = CO_TRY(co_await trees_.find(asked.repo, commit.tree, asked.path));
    co_return entry.has_value();
}

// What goes with its folder has no row. Whatever comes back has one: so above `low`, up to `high`,
// where nothing is recorded, the path can only have gone, once, and halving finds when.
Task<Result<std::optional<std::int64_t>>> PathLog::hidden_removal(const Question& asked,
                                                                  const Window& window,
                                                                  std::int64_t low,
                                                                  std::int64_t high) {
    if (low >= high || CO_TRY(co_await exists(asked, window, high))) co_return std::nullopt;
    if (!CO_TRY(co_await exists(asked, window, low))) co_return std::nullopt;
    while (low + 1 < high) {
        const auto middle = low + (high - low) / 2;
        (CO_TRY(co_await exists(asked, window, middle)) ? low : high) = middle;
    }
    co_return high;
}

// At most one more than the limit, newest first.
Task<Result<std::vector<std::int64_t>>> PathLog::changes(const Question& asked,
                                                         const Window& window) {
    const auto known = CO_TRY(co_await recorded(asked, window, asked.limit + 1));
    std::vector<std::int64_t> found;
    auto high = window.top();
    for (const auto depth : known) {
        if (const auto gone = CO_TRY(co_await hidden_removal(asked, window, depth, high)))
            found.push_back(*gone);
        found.push_back(depth);
        high = depth - 1;
        if (found.size() > asked.limit) co_return found;
    }
    if (high < window.bottom) co_return found;
    // The commit at the bottom may be the one: what was before it tells.
    const auto low = std::max<std::int64_t>(window.bottom - 1, 0);
    if (const auto gone = CO_TRY(co_await hidden_removal(asked, window, low, high)))
        found.push_back(*gone);
    // A squashed history has no rows for what its root holds.
    if (window.bottom == 0 && CO_TRY(co_await exists(asked, window, 0))) found.push_back(0);
    co_return found;
}

Task<Result<PathLogPage>> PathLog::list(RowId repo, const Oid& head, std::string path,
                                        std::size_t limit) {
    const Question asked{.repo = repo, .path = std::move(path), .limit = limit};
    const auto newest = CO_TRY(co_await history_.commit(repo, head));
    const auto window = CO_TRY(co_await open_window(repo, newest.position));
    auto depths = CO_TRY(co_await changes(asked, window));
    const bool more = depths.size() > limit;
    if (more) depths.resize(limit);
    PathLogPage page;
    for (const auto depth : depths)
        page.commits.push_back(CO_TRY(co_await at(asked, window, depth)));
    if (more)
        page.next = page.commits.back().oid;
    else if (window.bottom > 0)
        page.next = (CO_TRY(co_await at(asked, window, window.bottom))).oid;
    co_return page;
}

Task<Result<PathLogPage>> PathLog::list_before(RowId repo, const Oid& last, std::string path,
                                               std::size_t limit) {
    const auto commit = CO_TRY(co_await history_.commit(repo, last));
    if (!commit.parent) co_return PathLogPage{};
    co_return co_await list(repo, *commit.parent, std::move(path), limit);
}

}  // namespace siahub::hub
