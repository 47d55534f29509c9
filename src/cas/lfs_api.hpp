#pragma once
// Git LFS (hf_hub_api.md 3) for older and JS clients: batch and verify. The uploads and downloads
// that a batch names are lfs_transfer_api.hpp.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer lfs_batch(RepoCall& call);   // POST /{repo}.git/info/lfs/objects/batch
Answer lfs_verify(RepoCall& call);  // POST /{repo}.git/info/lfs/verify

}  // namespace siahub::cas
