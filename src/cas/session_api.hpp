#pragma once
// Signing in and out, and where one is signed in (api/openapi.yaml, tags "session" and "password").

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer get_session(Call& call);         // GET /api/session
Answer sign_in(Call& call);             // POST /api/session
Answer sign_out(Call& call);            // DELETE /api/session
Answer list_sessions(Call& call);       // GET /api/sessions
Answer end_session(Call& call);         // DELETE /api/sessions/{id}
Answer end_other_sessions(Call& call);  // DELETE /api/sessions
Answer set_up(Call& call);              // POST /api/setup
Answer register_account(Call& call);    // POST /api/register
Answer show_invitation(Call& call);     // GET /api/invitations/{token}
Answer change_password(Call& call);     // POST /api/password
Answer reset_password(Call& call);      // POST /api/password/reset

}  // namespace siahub::cas
