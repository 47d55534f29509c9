#pragma once
// Answers that need no caller: is the hub alive, is it ready, and what clients ask before they
// start.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer health(const Services& services, http::Request& request);  // GET /health
Answer ready(const Services& services, http::Request& request);   // GET /ready
Answer agent_harnesses(const Services& services,
                       http::Request& request);  // GET /api/agent-harnesses
// GET /api/{kinds}/{name}: this hub has no repositories outside a namespace.
Answer single_segment_repo(Call& call);

}  // namespace siahub::cas
