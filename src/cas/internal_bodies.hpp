#pragma once
// GET /internal/xorbs/{xorb}: bytes of a body that lies on this process's own disk, for the
// gateways and the other cas of this hub, with a token that only they can make
// (auth/internal_token).

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer internal_xorb(const Services& services, http::Request& request);

}  // namespace siahub::cas
