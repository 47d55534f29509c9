#pragma once
// Xet uploads: xorbs, shards and the dedup query (xet_protocol.md 5.3 to 5.5).

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer upload_xorb(XetCall& call);  // POST /v1/xorbs/{prefix}/{xorb}
// POST /v1/xorb-grants/{prefix}/{xorb}: 200 when the repository has the xorb, so that nothing needs
// to be sent; else 404, and the client goes on with upload_xorb.
Answer request_grant(XetCall& call);
Answer register_shard_v1(XetCall& call);  // POST /v1/shards
Answer register_shard_v2(XetCall& call);  // POST /v2/shards: NDJSON with heartbeat
Answer query_chunk(XetCall& call);        // GET /v1/chunks/{prefix}/{chunk}
Answer take_telemetry(XetCall& call);     // POST /v1/telemetry

}  // namespace siahub::cas
