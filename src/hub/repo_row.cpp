#include "hub/repo_row.hpp"

#include "hub/access.hpp"
#include "hub/names.hpp"
#include "hub/repo_lock.hpp"
#include "hub/search_index.hpp"

namespace siahub::hub {

Repo repo_from_row(const db::Row& row) {
    Repo repo;
    repo.id = row.integer(0);
    repo.kind = parse_repo_kind(row.text(1)).value_or(RepoKind::model);
    repo.owner_id = row.integer(2);
    repo.ns = row.text(3);
    repo.name = row.text(4);
    repo.is_private = row.boolean(5);
    repo.gated = row.text(6);
    repo.default_branch = row.text(7);
    repo.sdk = row.text(8);
    repo.downloads = row.integer(9);
    repo.likes = row.integer(10);
    repo.created_at = row.integer(11);
    repo.updated_at = row.integer(12);
    return repo;
}

Task<Result<bool>> insert_repo(db::Transaction& tx, const Repo& repo, RowId creator_id) {
    CO_TRY(co_await lock_owner(tx, repo.owner_id));
    const auto key = full_key(repo.ns, repo.name);
    const auto rows = CO_TRY(co_await tx.query(
        "INSERT INTO repos (id, kind, owner_id, creator_id, namespace, name, full_key, private,"
        " gated, default_branch, sdk, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " ON CONFLICT (kind, full_key) DO NOTHING RETURNING id",
        {repo.id, to_string(repo.kind), repo.owner_id, creator_id, repo.ns, repo.name, key,
         std::int64_t{repo.is_private}, repo.gated, repo.default_branch, repo.sdk, repo.created_at,
         repo.updated_at}));
    if (rows.empty()) co_return false;
    CO_TRY(co_await index_name(tx, repo.id));
    CO_TRY(co_await tx.query("DELETE FROM repo_redirects WHERE kind = $1 AND full_key = $2",
                             {to_string(repo.kind), key}));
    co_return true;
}

Task<Result<Repo>> load_repo(db::Transaction& tx, RepoKind kind, std::string_view ns,
                             std::string_view name) {
    const auto key = full_key(ns, name);
    const auto rows = CO_TRY(co_await tx.query("SELECT " SIAHUB_REPO_COLUMNS
                                               " FROM repos WHERE kind = $1 AND full_key = $2",
                                               {to_string(kind), key}));
    if (rows.empty()) co_return std::unexpected(repo_not_found());
    co_return repo_from_row(rows.front());
}

}  // namespace siahub::hub
