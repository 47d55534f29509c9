#pragma once
// Who moved how much, as JSON and as CSV.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer repo_usage(RepoCall& call);  // GET …/usage
Answer own_usage(Call& call);       // GET /api/usage
Answer hub_usage(Call& call);       // GET /admin/usage

}  // namespace siahub::cas
