#pragma once
// ID tokens of OpenID Connect: the signature (RS256 or ES256, RFC 7518) by one of the provider's
// keys (RFC 7517), and the claims that say for whom, by whom and until when (OpenID Connect
// Core 3.1.3.7). Everything else, "none" above all, is refused. Pure. Errors: unprocessable with
// the reason.

#include "core/clock.hpp"
#include "core/result.hpp"

#include <string_view>

#include <boost/json/object.hpp>

namespace siahub::auth {

// The claims of a token that one of the keys has signed.
Result<boost::json::object> verify_jwt(std::string_view token, const boost::json::value& jwks);

struct ExpectedClaims {
    std::string_view issuer, audience, nonce;
    UnixMillis now = 0;
};
Result<void> check_claims(const boost::json::object& claims, const ExpectedClaims& expected);

}  // namespace siahub::auth
