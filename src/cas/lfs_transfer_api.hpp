#pragma once
// The bytes of Git LFS: basic and multipart uploads, and downloads of small objects. Authorised by
// the signature of their URLs (lfs_links.hpp), as clients send no credentials with them. What
// arrives is chunked into xorbs at once, so it downloads through Xet too.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer lfs_put(const Services& services, http::Request& request);       // PUT /lfs/objects/{sha256}
Answer lfs_get(const Services& services, http::Request& request);       // GET /lfs/objects/{sha256}
Answer lfs_put_part(const Services& services, http::Request& request);  // PUT /lfs/uploads/{id}/{n}
Answer lfs_complete(const Services& services, http::Request& request);  // POST /lfs/uploads/{id}

}  // namespace siahub::cas
