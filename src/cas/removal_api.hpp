#pragma once
// Deleting users and organisations, and what that would take away (api/openapi.yaml).

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer preview_user_removal(Call& call);  // GET /admin/users/{name}/deletion
Answer remove_user(Call& call);           // DELETE /admin/users/{name}
Answer preview_org_removal(Call& call);   // GET /api/organizations/{org}/deletion
Answer remove_organization(Call& call);   // DELETE /api/organizations/{org}

}  // namespace siahub::cas
