#pragma once
// Signing in through another provider (api/openapi.yaml, tag "oauth"; docs/sign-in.md says who
// may).

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer start_oauth(Call& call);      // GET /oauth/start/{provider}
Answer finish_oauth(Call& call);     // GET /oauth/callback/{provider}
Answer list_identities(Call& call);  // GET /api/identities
Answer unlink_identity(Call& call);  // DELETE /api/identities/{provider}

}  // namespace siahub::cas
