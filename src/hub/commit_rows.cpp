#include "hub/commit_rows.hpp"

#include "git/commit.hpp"

namespace siahub::hub {
namespace {

constexpr UnixMillis kSecond = 1000;

// Git cannot write a person without a name, and mail programs of clients want an address.
Author presentable(const Author& author) {
    Author out{author.user_id, git::clean_identity(author.name), git::clean_identity(author.email)};
    if (out.name.empty()) out.name = "unknown";
    if (out.email.empty()) out.email = out.name + "@users.noreply.invalid";
    return out;
}

CommitInfo describe(const NewCommit& commit) {
    CommitInfo info;
    info.tree = commit.tree;
    if (commit.parent != nullptr) info.parent = commit.parent->oid;
    info.author = presentable(commit.author);
    info.committed_at = commit.now / kSecond * kSecond;
    info.message = commit.message;
    info.title = git::commit_title(info.message);
    info.oid = git::commit_id({.tree = info.tree,
                               .parent = info.parent,
                               .name = info.author.name,
                               .email = info.author.email,
                               .seconds = info.committed_at / kSecond,
                               .message = info.message});
    return info;
}

Task<Result<Position>> find_place(db::Transaction& transaction, RowId repo,
                                  const NewCommit& commit) {
    const Position fresh{new_row_id(commit.now),
                         commit.parent == nullptr ? 0 : commit.parent->position.depth + 1};
    db::Param parent_lineage = nullptr;
    db::Param parent_depth = nullptr;
    if (commit.parent != nullptr) {
        const auto [lineage, depth] = commit.parent->position;
        const auto children = CO_TRY(co_await transaction.query(
            "SELECT 1 FROM repo_commits WHERE repo_id = $1 AND lineage = $2 AND depth = $3",
            {repo, lineage, depth + 1}));
        if (children.empty()) co_return Position{lineage, depth + 1};
        parent_lineage = lineage;
        parent_depth = depth;
    }
    CO_TRY(co_await transaction.query(
        "INSERT INTO repo_lineages (repo_id, lineage, parent_lineage, parent_depth)"
        " VALUES ($1, $2, $3, $4)",
        {repo, fresh.lineage, parent_lineage, parent_depth}));
    co_return fresh;
}

}  // namespace

Oid oid_of(const db::Row& row, std::size_t column) {
    return Oid::from_bytes(row.blob(column)).value();
}

CommitInfo commit_from_row(const db::Row& row) {
    CommitInfo info;
    info.oid = oid_of(row, 0);
    info.tree = oid_of(row, 1);
    if (!row.is_null(2)) info.parent = oid_of(row, 2);
    info.author = {row.integer(3), row.text(4), row.text(5)};
    info.committed_at = row.integer(6);
    info.title = row.text(7);
    info.message = row.text(8);
    info.position = {row.integer(9), row.integer(10)};
    return info;
}

Task<Result<CommitInfo>> insert_commit(db::Transaction& transaction, RowId repo,
                                       const NewCommit& commit) {
    auto info = describe(commit);
    const auto same = CO_TRY(co_await transaction.query(
        "SELECT " SIAHUB_COMMIT_COLUMNS " FROM repo_commits WHERE repo_id = $1 AND oid = $2",
        {repo, info.oid.bytes()}));
    if (!same.empty()) co_return commit_from_row(same[0]);
    info.position = CO_TRY(co_await find_place(transaction, repo, commit));
    db::Param parent = nullptr;
    if (info.parent) parent = info.parent->bytes();
    CO_TRY(co_await transaction.query(
        "INSERT INTO repo_commits (repo_id, " SIAHUB_COMMIT_COLUMNS
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        {repo, info.oid.bytes(), info.tree.bytes(), parent, info.author.user_id, info.author.name,
         info.author.email, info.committed_at, info.title, info.message, info.position.lineage,
         info.position.depth}));
    co_return info;
}

}  // namespace siahub::hub
