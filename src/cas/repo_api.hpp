#pragma once
// Repositories: create, delete, move, settings, info, lists.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer create_repo(Call& call);          // POST /api/repos/create
Answer delete_repo(Call& call);          // DELETE /api/repos/delete
Answer move_repo(Call& call);            // POST /api/repos/move
Answer change_settings(RepoCall& call);  // PUT /api/{kinds}/{ns}/{name}/settings
Answer confirm_access(RepoCall& call);   // GET …/auth-check[/write]
Answer repo_info(RepoCall& call);        // GET /api/{kinds}/{ns}/{name}
Answer repo_info_at(RepoCall& call);     // GET …/revision/{rev}
Answer validate_yaml(Call& call);        // POST /api/validate-yaml
template <hub::RepoKind kind>
Answer list_repos(Call& call);  // GET /api/{kinds}

}  // namespace siahub::cas
