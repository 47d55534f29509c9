#pragma once
// What surrounds every handler: who is calling, may they, which repository is meant, and how an
// Error becomes an answer. Handlers are plain coroutine functions over a Call; the rights an
// endpoint needs stand beside its path in routes.cpp and are checked before the handler runs.

#include "auth/token_signer.hpp"
#include "cas/services.hpp"
#include "http/router.hpp"
#include "hub/access.hpp"
#include "hub/caller.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace siahub::cas {

// A Hub API request. Lives until its response is sent.
struct Call {
    const Services& services;
    http::Request& http;
    hub::CallerPtr caller;
};

// A Hub API request about one repository that the caller may use as the route demands. The captures
// of namespace and name are taken off; `rest` is the raw path that "{rest*}" matched.
struct RepoCall : Call {
    hub::Repo repo;
    std::string_view rest;
};

// A Xet CAS request, authorised by a token that is bound to a repository.
struct XetCall {
    const Services& services;
    http::Request& http;
    auth::XetToken token;
};

using Answer = Task<Result<http::Response>>;

http::Handler endpoint(const Services& services, Answer (*handler)(Call&));
http::Handler repo_endpoint(const Services& services, hub::RepoKind kind, hub::Need need,
                            Answer (*handler)(RepoCall&));
// The same for git itself, which asks for a name and a password where it is told that these will
// do.
http::Handler git_endpoint(const Services& services, hub::RepoKind kind, hub::Need need,
                           Answer (*handler)(RepoCall&));
http::Handler xet_endpoint(const Services& services, auth::TokenScope scope,
                           Answer (*handler)(XetCall&));
// Authorised by its URL's signature alone.
http::Handler signed_endpoint(const Services& services,
                              Answer (*handler)(const Services&, http::Request&));

// The bearer token or the password of Basic (git and git-lfs send that); "" when there is none.
std::string credentials(const http::Request& request);

http::Response json_response(std::string body);

}  // namespace siahub::cas
