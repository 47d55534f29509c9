#pragma once
// Copies of repositories, and of files from one repository into another: no byte moves.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer duplicate_repo(RepoCall& call);       // POST /api/{kinds}/{ns}/{name}/duplicate
Answer duplicate_lfs_files(RepoCall& call);  // POST …/lfs-files/duplicate, at the original

}  // namespace siahub::cas
