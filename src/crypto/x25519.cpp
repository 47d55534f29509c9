#include "crypto/x25519.hpp"

#include "crypto/sodium.hpp"

#include <sodium/crypto_scalarmult_curve25519.h>

namespace siahub {

namespace {

const unsigned char* raw(const X25519Key& key) {
    return reinterpret_cast<const unsigned char*>(key.data());
}

unsigned char* raw(X25519Key& key) {
    return reinterpret_cast<unsigned char*>(key.data());
}

}  // namespace

X25519Key x25519_public(const X25519Key& secret) {
    detail::start_sodium();
    X25519Key key;
    crypto_scalarmult_curve25519_base(raw(key), raw(secret));
    return key;
}

Result<X25519Key> x25519_shared(const X25519Key& secret, const X25519Key& peer) {
    detail::start_sodium();
    X25519Key shared;
    if (crypto_scalarmult_curve25519(raw(shared), raw(secret), raw(peer)) != 0)
        return fail(Code::invalid_argument, "The peer's X25519 key gives no shared secret.");
    return shared;
}

}  // namespace siahub
