#pragma once
// Making organisations and saying who belongs to them (api/openapi.yaml, tag "organizations").

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer create_organization(Call& call);  // POST /api/organizations
Answer set_member(Call& call);           // PUT /api/organizations/{org}/members/{user}
Answer remove_member(Call& call);        // DELETE /api/organizations/{org}/members/{user}

}  // namespace siahub::cas
