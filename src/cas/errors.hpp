#pragma once
// The one place where an Error becomes an HTTP answer. Clients decide on X-Error-Code first, HEAD
// answers have nothing else, and the JSON body repeats the message (hf_hub_api.md 0.6).

#include "core/result.hpp"
#include "http/message.hpp"

namespace siahub::cas {

// `anonymous` decides between 401 and 404 for a repository that is missing or hidden: somebody
// without credentials may find it by presenting some, somebody with credentials may not.
http::Response error_response(const Error& error, bool anonymous);

// What the server says when no handler did: no route (404), wrong method (405), broken head (400)…
http::Response plain_error_response(unsigned status);

}  // namespace siahub::cas
