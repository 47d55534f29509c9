#pragma once
// How to rebuild a file: the reconstruction answers (xet_protocol.md 5.6). The file must belong to
// the repository that the token names.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer reconstruct_v1(XetCall& call);        // GET /v1/reconstructions/{file}
Answer reconstruct_v2(XetCall& call);        // GET /v2/reconstructions/{file}
Answer reconstruct_batch_v1(XetCall& call);  // GET /v1/reconstructions?file_id=…

}  // namespace siahub::cas
