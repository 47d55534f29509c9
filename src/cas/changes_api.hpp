#pragma once
// What a commit changed, for the page of a commit.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer commit_changes(RepoCall& call);  // GET …/changes/{commit}

}  // namespace siahub::cas
