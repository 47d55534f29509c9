#include "hub/repo_row.hpp"

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

}  // namespace siahub::hub
