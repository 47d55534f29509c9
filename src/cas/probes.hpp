#pragma once
// Answers that need no caller: what clients ask and tell before they start.

#include "cas/endpoint.hpp"

namespace siahub::cas {

// HEAD and GET /api/telemetry/{rest*}
Answer swallow_telemetry(const Services& services, http::Request& request);
Answer agent_harnesses(const Services& services,
                       http::Request& request);  // GET /api/agent-harnesses
// GET /api/{kinds}/{name}: this hub has no repositories outside a namespace.
Answer single_segment_repo(Call& call);

}  // namespace siahub::cas
