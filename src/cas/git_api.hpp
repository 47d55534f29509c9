#pragma once
// `git clone` and `git fetch` over HTTP, in version 2 of git's protocol. Large files come by
// git-lfs (lfs_api.hpp). Pushing is refused with words that git prints: commits come through the
// Hub API. Source: gitprotocol-http(5), gitprotocol-v2(5).

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer git_begin(RepoCall& call);        // GET /{ns}/{name}[.git]/info/refs?service=…
Answer git_upload_pack(RepoCall& call);  // POST /{ns}/{name}[.git]/git-upload-pack

}  // namespace siahub::cas
