#pragma once
// Uploading to a repository: what to do with each file, and the commit.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer preupload(RepoCall& call);      // POST …/preupload/{rev}
Answer create_commit(RepoCall& call);  // POST …/commit/{rev}

// Pull requests come later: everything that would open one says so. Error: invalid_argument.
Result<void> refuse_pull_request(const http::Request& request);
Answer list_discussions(RepoCall& call);  // GET …/discussions: none
Answer open_discussion(RepoCall& call);   // POST …/discussions

}  // namespace siahub::cas
