#pragma once
// The handler of `siahub hf-proxy`. Everything passes through as a stream, with the caller's own
// credentials; where the upstream names its Xet storage, SiaHub takes its place:
//
//   write tokens, LFS uploads   when the upstream grants one, SiaHub's token for the same
//   repository,
//                               scope and life
//   resolve                     a file that SiaHub holds for the repository (by the SHA-256 that
//   the
//                               upstream names) is answered with SiaHub's Xet hash and the proxy's
//                               own token route, a plain GET with a redirect to SiaHub's gateway
//   own token route             when the upstream grants a read token, SiaHub's
//   read tokens, other files    the upstream's, unchanged
//
// Errors of the upstream pass unchanged; that it or SiaHub cannot be reached is a 502. Any thread.

#include "core/log.hpp"
#include "hf_proxy/cas_client.hpp"
#include "http/relay.hpp"
#include "http/router.hpp"

namespace siahub::hf_proxy {

class Proxy {
  public:
    Proxy(http::Client& client, CasClient& cas, http::Origin upstream, const Log& log)
        : client_(client), cas_(cas), upstream_(std::move(upstream)), log_(log) {}

    void add_routes(http::Router& router);

  private:
    using Answer = Task<Result<http::Response>>;

    Task<http::Response> handle(http::Request& request);
    Answer answer(http::Request& request, const Target& target);
    Task<Result<http::ClientResponse>> ask_upstream(http::Request& request, const Target& target);
    Answer token_answer(http::Request& request, const Target& target, std::string_view scope,
                        http::ClientResponse granted);
    Answer batch_answer(http::Request& request, const Target& target,
                        http::ClientResponse answered);
    Answer resolve_answer(http::Request& request, const Target& target,
                          http::ClientResponse resolved);
    Answer named_answer(http::Request& request, http::ClientResponse answered);
    Task<Result<std::optional<HeldFile>>> held_file(const http::Request& request,
                                                    const Target& target,
                                                    const http::ClientResponse& resolved);
    Task<Result<void>> fill_downloads(const Target& target, LfsBatch& batch);
    http::Response pass_on(http::Request& request, http::ClientResponse answer) const;

    http::Client& client_;
    CasClient& cas_;
    http::Origin upstream_;
    const Log& log_;
};

}  // namespace siahub::hf_proxy
