#pragma once
// Signatures of indexd's application API: a request is signed in its query, by the key that it acts
// for. Signed are method, host (as indexd advertises it), path, the time until which it is good and
// the body, without separators; not the rest of the query. Whoever sees a request can repeat it
// until then. Pure functions. Facts: indexd's api/app/auth.go.

#include "sia/ids.hpp"

namespace siahub::sia::indexd {

struct SignedParts {
    std::string_view method{};
    std::string_view authority{};  // "host" or "host:port"
    std::string_view path{};
    std::int64_t valid_until = 0;  // Unix seconds
    std::string_view body{};
};

Hash256 request_hash(const SignedParts& parts);
// "sv=…&sc=…&ss=…"
std::string signed_query(const SignedParts& parts, const Ed25519PrivateKey& key);

// Who signed the request with this query, if it is signed and still good at `now` (Unix seconds).
// For servers, which means for tests. `parts.valid_until` is not looked at.
Result<PublicKey> verify_signed_query(SignedParts parts, std::string_view query, std::int64_t now);

// What an app key signs to prove to the owner of a connection request that it is there.
Hash256 register_hash(const PublicKey& ephemeral, std::string_view request_id);

struct AppInfo {
    Hash256 id{};
    std::string name{}, description{}, service_url{};  // must be given
    std::string logo_url{}, callback_url{};
};
// What a pre-authorised key signs so that nobody has to approve a connection.
Hash256 preauthorization_hash(const PublicKey& ephemeral, const AppInfo& app,
                              const PublicKey& preauthorized);

}  // namespace siahub::sia::indexd
