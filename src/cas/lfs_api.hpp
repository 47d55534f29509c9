#pragma once
// Git LFS (hf_hub_api.md 3) for older and JS clients: batch, basic and multipart uploads, verify,
// download. What arrives is chunked into xorbs at once, so it downloads through Xet too.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer lfs_batch(RepoCall& call);   // POST /{repo}.git/info/lfs/objects/batch
Answer lfs_verify(RepoCall& call);  // POST /{repo}.git/info/lfs/verify

// Authorised by the signature of their URLs, as clients send no credentials with them.
Answer lfs_put(const Services& services, http::Request& request);       // PUT /lfs/objects/{sha256}
Answer lfs_get(const Services& services, http::Request& request);       // GET /lfs/objects/{sha256}
Answer lfs_put_part(const Services& services, http::Request& request);  // PUT /lfs/uploads/{id}/{n}
Answer lfs_complete(const Services& services, http::Request& request);  // POST /lfs/uploads/{id}

}  // namespace siahub::cas
