#include "hub/commit_writes.hpp"

namespace siahub::hub {
namespace {

constexpr int kIds = 10;

}  // namespace

Task<Result<void>> insert_trees(db::Transaction& transaction, RowId repo,
                                std::span<const NewTree> trees) {
    std::vector<db::Params> rows;
    rows.reserve(trees.size());
    for (const auto& tree : trees)
        rows.push_back({repo, tree.oid.bytes(), ByteView(tree.body)});
    if (!rows.empty())
        CO_TRY(co_await transaction.execute_many(
            "INSERT INTO repo_trees (repo_id, oid, body) VALUES ($1, $2, $3)"
            " ON CONFLICT (repo_id, oid) DO NOTHING",
            rows));
    co_return Result<void>{};
}

Task<Result<void>> insert_changes(db::Transaction& transaction, RowId repo, Position position,
                                  std::span<const std::string> paths) {
    std::vector<db::Params> rows;
    rows.reserve(paths.size());
    for (const auto& path : paths)
        rows.push_back({repo, std::string_view(path), position.lineage, position.depth});
    if (!rows.empty())
        CO_TRY(co_await transaction.execute_many(
            "INSERT INTO path_history (repo_id, path, lineage, depth) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (repo_id, path, lineage, depth) DO NOTHING",
            rows));
    co_return Result<void>{};
}

Task<Result<void>> insert_branch(db::Transaction& transaction, RowId repo, std::string_view branch,
                                 const Oid& target) {
    CO_TRY(co_await transaction.query(
        "INSERT INTO repo_refs (repo_id, kind, name, target) VALUES ($1, 'branch', $2, $3)",
        {repo, branch, target.bytes()}));
    co_return Result<void>{};
}

Task<Result<bool>> move_branch(db::Transaction& transaction, RowId repo, std::string_view branch,
                               const Oid& from, const Oid& to) {
    const auto rows = CO_TRY(co_await transaction.query(
        "UPDATE repo_refs SET target = $1"
        " WHERE repo_id = $2 AND kind = 'branch' AND name = $3 AND target = $4 RETURNING name",
        {to.bytes(), repo, branch, from.bytes()}));
    co_return !rows.empty();
}

Task<Result<bool>> touch_repo(db::Transaction& transaction, RowId repo, UnixMillis now) {
    const auto rows = CO_TRY(co_await transaction.query(
        "UPDATE repos SET updated_at = $1 WHERE id = $2 RETURNING id", {now, repo}));
    co_return !rows.empty();
}

Task<Result<void>> log_commit(db::Transaction& transaction, RowId repo, const Author& who,
                              std::uint64_t bytes, UnixMillis now) {
    // Many commits of one millisecond may get an id that is there: no reason to refuse one.
    for (int tries = 0; tries < kIds; ++tries) {
        const auto rows = CO_TRY(co_await transaction.query(
            "INSERT INTO usage_log (id, at, event, user_id, repo_id, bytes, key_id)"
            " VALUES ($1, $2, 'commit', $3, $4, $5, NULLIF(CAST($6 AS BIGINT), 0))"
            " ON CONFLICT (id) DO NOTHING RETURNING id",
            {new_row_id(now), now, who.user_id, repo, static_cast<std::int64_t>(bytes),
             who.key_id}));
        if (!rows.empty()) co_return Result<void>{};
    }
    co_return fail(Code::internal, "The log has no free id left for this moment");
}

}  // namespace siahub::hub
