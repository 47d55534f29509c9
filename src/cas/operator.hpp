#pragma once
// Who may use the operator's interface, /admin/….

#include "cas/endpoint.hpp"

namespace siahub::cas {

// unauthorized without a key, forbidden without the right.
Result<void> check_operator(const hub::Caller& caller);

}  // namespace siahub::cas
