#pragma once
// Users, organisations, invitations and what happened, for administrators (api/openapi.yaml, tag
// "administration").

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer list_users(Call& call);           // GET /admin/users
Answer list_orgs(Call& call);            // GET /admin/orgs
Answer change_user(Call& call);          // PATCH /admin/users/{name}
Answer make_reset_link(Call& call);      // POST /admin/users/{name}/reset
Answer list_invitations(Call& call);     // GET /admin/invitations
Answer invite(Call& call);               // POST /admin/invitations
Answer withdraw_invitation(Call& call);  // DELETE /admin/invitations/{id}
Answer list_events(Call& call);          // GET /admin/events

}  // namespace siahub::cas
