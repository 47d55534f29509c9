#pragma once
// Who am I, and who is that.

#include "cas/endpoint.hpp"
#include "hub/accounts.hpp"

#include <boost/json/object.hpp>

namespace siahub::cas {

Answer whoami(Call& call);                 // GET /api/whoami-v2
Answer user_overview(Call& call);          // GET /api/users/{name}/overview
Answer organization_overview(Call& call);  // GET /api/organizations/{name}/overview
Answer organization_members(Call& call);   // GET /api/organizations/{name}/members

boost::json::object organization_json(const hub::Overview& overview);

}  // namespace siahub::cas
