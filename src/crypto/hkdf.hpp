#pragma once
// HKDF (RFC 5869) over HMAC-BLAKE2b-256, with 32 bytes of output: one step of expansion.

#include "crypto/blake2b.hpp"

namespace siahub {

Blake2bDigest hkdf_blake2b(ByteView secret, ByteView salt, ByteView info);

}  // namespace siahub
