#pragma once
// The browser flow of `hf auth login` (api/openapi.yaml, tag "device").

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer start_device(Call& call);   // POST /oauth/device
Answer poll_device(Call& call);    // POST /oauth/token
Answer show_device(Call& call);    // GET /api/device/{userCode}
Answer answer_device(Call& call);  // POST /api/device/{userCode}

}  // namespace siahub::cas
