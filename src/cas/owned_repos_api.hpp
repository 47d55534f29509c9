#pragma once
// What `hf repos ls` lists: the repositories of a namespace and what each of them stores.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer list_own_repos(Call& call);           // GET /api/settings/repositories
Answer list_organization_repos(Call& call);  // GET /api/organizations/{name}/settings/repositories

}  // namespace siahub::cas
