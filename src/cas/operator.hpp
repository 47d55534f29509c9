#pragma once
// Who may use the operator's interface, /admin/….

#include "cas/endpoint.hpp"

namespace siahub::cas {

// An administrator's session, or an admin key of an administrator. Errors: unauthorized for an
// anonymous caller, forbidden without the right.
Result<void> require_admin(const hub::Caller& caller);

}  // namespace siahub::cas
