#include "hub/repo_move.hpp"

#include "hub/names.hpp"
#include "hub/search_index.hpp"

namespace siahub::hub {
namespace {

std::string already_exists(RepoKind kind, std::string_view ns, std::string_view name) {
    std::string text = "A ";
    text.append(to_string(kind)).append(" repository called ");
    return text.append(ns).append("/").append(name).append(" already exists");
}

}  // namespace

Task<Result<void>> move_repo(db::Transaction& tx, const Repo& repo, const Namespace& space,
                             std::string_view name) {
    const auto old_key = full_key(repo.ns, repo.name);
    const auto new_key = full_key(space.name, name);
    const auto kind = to_string(repo.kind);
    const auto taken = CO_TRY(
        co_await tx.query("SELECT 1 FROM repos WHERE kind = $1 AND full_key = $2 AND id <> $3",
                          {kind, new_key, repo.id}));
    if (!taken.empty()) co_return fail(Code::conflict, already_exists(repo.kind, space.name, name));
    if (old_key != new_key) CO_TRY(co_await unindex_name(tx, repo.id));
    const auto changed = CO_TRY(
        co_await tx.query("UPDATE repos SET owner_id = $1, namespace = $2, name = $3, full_key = $4"
                          " WHERE id = $5 AND full_key = $6 RETURNING id",
                          {space.owner_id, space.name, name, new_key, repo.id, old_key}));
    if (changed.empty()) co_return std::unexpected(repo_not_found());
    CO_TRY(co_await tx.query("DELETE FROM repo_redirects WHERE kind = $1 AND full_key = $2",
                             {kind, new_key}));
    if (old_key == new_key) co_return Result<void>{};  // only the spelling changed
    CO_TRY(co_await index_name(tx, repo.id));
    // Redirects name the row and not the new name, so chains never grow.
    CO_TRY(
        co_await tx.query("INSERT INTO repo_redirects (kind, full_key, repo_id) VALUES ($1, $2, $3)"
                          " ON CONFLICT (kind, full_key) DO UPDATE SET repo_id = excluded.repo_id",
                          {kind, old_key, repo.id}));
    co_return Result<void>{};
}

std::string place_of(const Repo& repo) {
    auto id = std::string(to_string(repo.kind)).append("s/");
    return id.append(repo.ns).append("/").append(repo.name);
}

}  // namespace siahub::hub
