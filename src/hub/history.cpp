#include "hub/history.hpp"

#include "hub/commit_rows.hpp"

#include <map>

namespace siahub::hub {
namespace {

constexpr std::int64_t kPointRows = 100;  // beyond it a query is a scan

db::Weight weight_of(std::int64_t rows) {
    return rows <= kPointRows ? db::Weight::point : db::Weight::scan;
}

}  // namespace

Task<Result<CommitInfo>> History::commit(RowId repo, const Oid& oid) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT " SIAHUB_COMMIT_COLUMNS " FROM repo_commits WHERE repo_id = $1 AND oid = $2",
        {repo, oid.bytes()}));
    if (rows.empty()) co_return fail(Code::revision_not_found, "Invalid rev id: " + oid.hex());
    co_return commit_from_row(rows[0]);
}

// The chains that lead to a commit, newest first: each up to the depth where the next grew from it.
Task<Result<std::vector<Position>>> History::ancestry(RowId repo, Position from) {
    const auto rows = CO_TRY(co_await database_.query(
        "WITH RECURSIVE chain (lineage, depth) AS ("
        " SELECT CAST($2 AS BIGINT), CAST($3 AS BIGINT)"
        " UNION ALL SELECT l.parent_lineage, l.parent_depth FROM chain"
        " JOIN repo_lineages l ON l.repo_id = $1 AND l.lineage = chain.lineage"
        " WHERE l.parent_lineage IS NOT NULL)"
        " SELECT lineage, depth FROM chain ORDER BY depth DESC",
        {repo, from.lineage, from.depth}));
    std::vector<Position> chain;
    chain.reserve(rows.size());
    for (const auto& row : rows)
        chain.push_back({row.integer(0), row.integer(1)});
    co_return chain;
}

Task<Result<CommitPage>> History::list(RowId repo, const Oid& head, std::int64_t offset,
                                       std::int64_t limit) {
    const auto newest = CO_TRY(co_await commit(repo, head));
    CommitPage page;
    page.total = newest.position.depth + 1;
    offset = std::max<std::int64_t>(offset, 0);
    if (offset >= page.total || limit <= 0) co_return page;
    const auto high = newest.position.depth - offset;
    const auto low = std::max<std::int64_t>(high - std::min(limit, page.total) + 1, 0);
    for (const auto& chain : CO_TRY(co_await ancestry(repo, newest.position))) {
        const auto wanted = high - static_cast<std::int64_t>(page.commits.size());
        if (wanted < low) break;
        const auto rows = CO_TRY(co_await database_.query(
            "SELECT " SIAHUB_COMMIT_COLUMNS
            " FROM repo_commits WHERE repo_id = $1"
            " AND lineage = $2 AND depth <= $3 AND depth >= $4 ORDER BY depth DESC",
            {repo, chain.lineage, std::min(wanted, chain.depth), low}, weight_of(wanted - low)));
        for (const auto& row : rows)
            page.commits.push_back(commit_from_row(row));
    }
    co_return page;
}

Task<Result<Position>> History::last_change(RowId repo, std::span<const Position> ancestry,
                                            std::string_view path) {
    for (const auto& chain : ancestry) {
        const auto rows = CO_TRY(co_await database_.query(
            "SELECT MAX(depth) FROM path_history"
            " WHERE repo_id = $1 AND path = $2 AND lineage = $3 AND depth <= $4",
            {repo, path, chain.lineage, chain.depth}));
        if (!rows[0].is_null(0)) co_return Position{chain.lineage, rows[0].integer(0)};
    }
    co_return Position{ancestry.back().lineage, 0};
}

Task<Result<CommitInfo>> History::at(RowId repo, Position position) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT " SIAHUB_COMMIT_COLUMNS
        " FROM repo_commits WHERE repo_id = $1 AND lineage = $2 AND depth = $3",
        {repo, position.lineage, position.depth}));
    if (rows.empty()) co_return fail(Code::internal, "The history of the repository has a gap");
    co_return commit_from_row(rows[0]);
}

Task<Result<std::vector<CommitInfo>>> History::last_commits(RowId repo, const Oid& head,
                                                            std::span<const std::string> paths) {
    const auto newest = CO_TRY(co_await commit(repo, head));
    const auto chains = CO_TRY(co_await ancestry(repo, newest.position));
    std::map<Position, CommitInfo> known;
    known.emplace(newest.position, newest);
    std::vector<CommitInfo> out;
    out.reserve(paths.size());
    for (const auto& path : paths) {
        const auto position = CO_TRY(co_await last_change(repo, chains, path));
        auto found = known.find(position);
        if (found == known.end())
            found = known.emplace(position, CO_TRY(co_await at(repo, position))).first;
        out.push_back(found->second);
    }
    co_return out;
}

Task<Result<std::int64_t>> History::shared_ancestors(RowId repo, const Oid& one, const Oid& other) {
    const auto left = CO_TRY(co_await commit(repo, one));
    const auto right = CO_TRY(co_await commit(repo, other));
    const auto chains = CO_TRY(co_await ancestry(repo, left.position));
    for (const auto& [lineage, depth] : CO_TRY(co_await ancestry(repo, right.position)))
        for (const auto& chain : chains)
            if (chain.lineage == lineage) co_return std::min(chain.depth, depth) + 1;
    co_return 0;
}

Task<Result<bool>> History::is_ancestor(RowId repo, const Oid& ancestor, const Oid& descendant) {
    const auto old = CO_TRY(co_await commit(repo, ancestor));
    const auto young = CO_TRY(co_await commit(repo, descendant));
    for (const auto& chain : CO_TRY(co_await ancestry(repo, young.position)))
        if (chain.lineage == old.position.lineage) co_return old.position.depth <= chain.depth;
    co_return false;
}

}  // namespace siahub::hub
