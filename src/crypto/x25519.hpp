#pragma once
// X25519 key agreement (RFC 7748) over libsodium.

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <array>

namespace siahub {

using X25519Key = std::array<std::byte, 32>;

X25519Key x25519_public(const X25519Key& secret);
// invalid_argument when the peer's key is of low order: the shared secret would be all zeros, which
// the peer could have foreseen.
Result<X25519Key> x25519_shared(const X25519Key& secret, const X25519Key& peer);

}  // namespace siahub
