#include "crypto/ed25519.hpp"

#include "core/random.hpp"
#include "crypto/sodium.hpp"

#include <sodium/crypto_sign_ed25519.h>
#include <sodium/utils.h>

namespace siahub {

namespace {

template <class T>
unsigned char* raw(T& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

const unsigned char* raw(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Ed25519PrivateKey::Ed25519PrivateKey(const Ed25519Seed& seed) {
    detail::start_sodium();
    Ed25519PublicKey ignored;
    crypto_sign_ed25519_seed_keypair(raw(ignored), raw(bytes_), raw(ByteView(seed)));
}

Ed25519PrivateKey Ed25519PrivateKey::random() {
    Ed25519Seed seed;
    fill_random(seed);
    Ed25519PrivateKey key(seed);
    sodium_memzero(seed.data(), seed.size());
    return key;
}

Ed25519PrivateKey::~Ed25519PrivateKey() {
    sodium_memzero(bytes_.data(), bytes_.size());
}

Ed25519PublicKey Ed25519PrivateKey::public_key() const {
    Ed25519PublicKey key;
    std::memcpy(key.data(), bytes_.data() + 32, key.size());
    return key;
}

Ed25519Seed Ed25519PrivateKey::seed() const {
    Ed25519Seed seed;
    std::memcpy(seed.data(), bytes_.data(), seed.size());
    return seed;
}

Ed25519Signature Ed25519PrivateKey::sign(ByteView message) const {
    Ed25519Signature signature;
    crypto_sign_ed25519_detached(raw(signature), nullptr, raw(message), message.size(),
                                 raw(ByteView(bytes_)));
    return signature;
}

bool ed25519_verify(const Ed25519PublicKey& key, ByteView message,
                    const Ed25519Signature& signature) {
    detail::start_sodium();
    return crypto_sign_ed25519_verify_detached(raw(ByteView(signature)), raw(message),
                                               message.size(), raw(ByteView(key))) == 0;
}

}  // namespace siahub
