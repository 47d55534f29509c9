#pragma once
// Ed25519 signatures (RFC 8032) over libsodium. A private key is wiped when it goes away. Values
// may be used from any thread; nothing here fails.

#include "core/bytes.hpp"

#include <array>

namespace siahub {

using Ed25519Seed = std::array<std::byte, 32>;
using Ed25519PublicKey = std::array<std::byte, 32>;
using Ed25519Signature = std::array<std::byte, 64>;

class Ed25519PrivateKey {
  public:
    explicit Ed25519PrivateKey(const Ed25519Seed& seed);
    static Ed25519PrivateKey random();
    Ed25519PrivateKey(const Ed25519PrivateKey&) = default;
    Ed25519PrivateKey& operator=(const Ed25519PrivateKey&) = default;
    ~Ed25519PrivateKey();

    [[nodiscard]] Ed25519PublicKey public_key() const;
    [[nodiscard]] Ed25519Seed seed() const;
    // Seed and public key: the 64-byte form that Sia derives keys from.
    [[nodiscard]] ByteView secret_bytes() const { return bytes_; }
    [[nodiscard]] Ed25519Signature sign(ByteView message) const;

  private:
    std::array<std::byte, 64> bytes_;
};

[[nodiscard]] bool ed25519_verify(const Ed25519PublicKey& key, ByteView message,
                                  const Ed25519Signature& signature);

}  // namespace siahub
