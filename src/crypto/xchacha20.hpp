#pragma once
// XChaCha20 (draft-irtf-cfrg-xchacha) over libsodium and OpenSSL: as a keystream that can be
// entered at any byte, and with Poly1305 as a sealed box. The stream cipher alone notices no
// change: who uses it proves its bytes otherwise. Pure functions.

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <array>

namespace siahub {

using XChaCha20Key = std::array<std::byte, 32>;
using XChaCha20Nonce = std::array<std::byte, 24>;

// Encrypts or decrypts `text` in place, as the bytes of a stream from `position` on.
void xchacha20_xor(const XChaCha20Key& key, const XChaCha20Nonce& nonce, std::uint64_t position,
                   std::span<std::byte> text);

inline constexpr std::size_t kBoxOverhead = 24 + 16;

// A random nonce, the ciphertext, the tag. No associated data.
Bytes seal_box(const XChaCha20Key& key, ByteView text);
// invalid_credentials: another key, or somebody changed the box.
Result<Bytes> open_box(const XChaCha20Key& key, ByteView box);

}  // namespace siahub
