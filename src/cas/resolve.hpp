#pragma once
// The bytes of one file (hf_hub_api.md 1.6). HEAD answers directly, because clients differ in what
// they do with a redirect on HEAD. GET answers small files directly and sends clients of large ones
// to a signed address of the gateway, with the same headers.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer resolve_file(RepoCall& call);  // HEAD, GET /{prefix}{ns}/{name}/resolve/{rev}/{path}
Answer raw_file(RepoCall& call);      // GET …/raw/{rev}/{path}: the git blob, for LFS the pointer

}  // namespace siahub::cas
