#pragma once
// The caller's API keys (api/openapi.yaml, tag "keys").

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer list_keys(Call& call);   // GET /api/keys
Answer create_key(Call& call);  // POST /api/keys
Answer revoke_key(Call& call);  // DELETE /api/keys/{id}

// A key may do no more than whoever makes it. Errors: forbidden.
Result<void> check_new_scope(const hub::Caller& caller, hub::KeyScope wanted);
// "2030-01-31T12:00:00Z" or with milliseconds, in the future; an empty text is none.
Result<std::optional<UnixMillis>> parse_expiry(std::optional<std::string> text, UnixMillis now);

}  // namespace siahub::cas
