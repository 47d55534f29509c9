#include "sia/ids.hpp"

namespace siahub::sia {

namespace {

constexpr std::string_view kPrefix = "ed25519:";

}  // namespace

std::string to_text(const PublicKey& key) {
    return std::string(kPrefix) + key.hex();
}

Result<PublicKey> parse_public_key(std::string_view text) {
    if (!text.starts_with(kPrefix))
        return fail(Code::invalid_argument, "A public key starts with \"ed25519:\".");
    return PublicKey::from_hex(text.substr(kPrefix.size()));
}

PublicKey public_key_of(const Ed25519PrivateKey& key) {
    return {key.public_key()};
}

Signature sign_hash(const Ed25519PrivateKey& key, const Hash256& hash) {
    return {key.sign(hash.bytes)};
}

bool verify_hash(const PublicKey& key, const Hash256& hash, const Signature& signature) {
    return ed25519_verify(key.bytes, hash.bytes, signature.bytes);
}

}  // namespace siahub::sia
