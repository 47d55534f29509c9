#include "sia/indexd/signed_endpoint.hpp"

namespace siahub::sia::indexd {
namespace {

// Long enough for clocks that differ a little and a slow upload of the body, short because whoever
// sees a request can repeat it until then.
constexpr std::int64_t kValidSeconds = 300;

}  // namespace

Result<SignedEndpoint> SignedEndpoint::open(http::Client& client, const AppApiOptions& options,
                                            const Ed25519PrivateKey& key, const Clock& clock) {
    auto endpoint = TRY(Endpoint::parse(client, options.url));
    auto authority = options.advertised_authority.empty() ? endpoint.origin().authority()
                                                          : options.advertised_authority;
    return SignedEndpoint(std::move(endpoint), std::move(authority), key, clock);
}

SignedEndpoint::SignedEndpoint(Endpoint endpoint, std::string authority,
                               const Ed25519PrivateKey& key, const Clock& clock)
    : endpoint_(std::move(endpoint)), authority_(std::move(authority)), key_(key), clock_(&clock) {}

Call SignedEndpoint::sign(Call call) const {
    const auto path = endpoint_.base_path() + call.path;
    const auto query = signed_query({.method = call.method,
                                     .authority = authority_,
                                     .path = path,
                                     .valid_until = clock_->now() / 1000 + kValidSeconds,
                                     .body = call.body},
                                    key_);
    call.query = call.query.empty() ? query : call.query + "&" + query;
    return call;
}

Task<ApiResult<boost::json::value>> SignedEndpoint::ask(Call call) const {
    co_return co_await endpoint_.json(sign(std::move(call)));
}

Task<ApiResult<void>> SignedEndpoint::order(Call call) const {
    CO_TRY(co_await endpoint_.send(sign(std::move(call))));
    co_return ApiResult<void>{};
}

}  // namespace siahub::sia::indexd
