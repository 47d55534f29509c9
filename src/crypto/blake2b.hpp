#pragma once
// BLAKE2b with 32 bytes of output, unkeyed (RFC 7693), over libsodium: the hash of everything on
// Sia. Many one-block messages at once are the business of crypto/blake2b_lanes.hpp. A hasher
// belongs to one thread; nothing here fails.

#include "core/bytes.hpp"

#include <array>

#include <sodium/crypto_generichash_blake2b.h>

namespace siahub {

using Blake2bDigest = std::array<std::byte, 32>;

class Blake2b {
  public:
    Blake2b();
    void update(ByteView bytes);
    // The digest; the hasher then starts anew.
    [[nodiscard]] Blake2bDigest finish();

  private:
    void start();

    crypto_generichash_blake2b_state state_;
};

Blake2bDigest blake2b_256(ByteView bytes);
// RFC 2104 with this hash, whose block is 128 bytes.
Blake2bDigest hmac_blake2b(ByteView key, ByteView message);

}  // namespace siahub
