#pragma once
// Routes for who has no session, or one that does not matter because it is about to be replaced:
// signing in, setting up, registering, using a reset link. They need no CSRF token of a session;
// the handler begins with refuse_cross_site() instead.

#include "cas/endpoint.hpp"

namespace siahub::cas {

http::Handler entry_endpoint(const Services& services, Answer (*handler)(Call&));

}  // namespace siahub::cas
