#pragma once
// Repositories: create, delete, move, settings, info, lists.

#include "cas/endpoint.hpp"
#include "hub/repos.hpp"

#include <boost/json/object.hpp>

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

// "model" when the field is absent.
Result<hub::RepoKind> repo_kind(const boost::json::object& body, std::string_view field);
// Whether the repository is to be private; newer clients say `visibility`, older ones `private`.
Result<std::optional<bool>> wanted_privacy(const boost::json::object& body);
// Where a new repository is, or with 409 where the one of its name is.
http::Response created_answer(const http::Request& request, const hub::CreatedRepo& outcome);

}  // namespace siahub::cas
