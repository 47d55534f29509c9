#pragma once
// Tokens of the Xet CAS API (hf_hub_api.md 4): bound to the repository, the caller, a scope and a
// time. Clients read them from the body, from the headers, or both.

#include "cas/endpoint.hpp"

#include <string>

namespace siahub::cas {

Answer xet_read_token(RepoCall& call);   // GET …/xet-read-token/{rev}
Answer xet_write_token(RepoCall& call);  // GET …/xet-write-token/{rev}

struct IssuedToken {
    std::string text;
    std::int64_t expires = 0;  // Unix seconds
};
IssuedToken issue_token(const RepoCall& call, auth::TokenScope scope);

}  // namespace siahub::cas
