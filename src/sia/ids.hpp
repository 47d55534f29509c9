#pragma once
// The fixed byte strings that name things on Sia: hashes (sector roots, slab and object ids),
// ed25519 public keys (hosts, accounts) and signatures. Each is a type of its own, so that a root
// is never passed for a key. Text forms: plain hex, and "ed25519:" + hex for public keys. Plain
// values.

#include "core/bytes.hpp"
#include "core/encoding.hpp"
#include "core/result.hpp"
#include "crypto/ed25519.hpp"

#include <array>
#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace siahub::sia {

template <class Kind, std::size_t Size>
struct FixedBytes {
    std::array<std::byte, Size> bytes{};

    static constexpr std::size_t kSize = Size;
    auto operator<=>(const FixedBytes&) const = default;
    [[nodiscard]] ByteView view() const { return bytes; }
    [[nodiscard]] std::string hex() const { return to_hex(bytes); }
    [[nodiscard]] bool is_zero() const { return *this == FixedBytes{}; }
    // Exactly 2 * Size hex digits of either case.
    [[nodiscard]] static Result<FixedBytes> from_hex(std::string_view text) {
        FixedBytes value;
        if (!siahub::from_hex(text, value.bytes))
            return fail(Code::invalid_argument, std::string(Kind::kName) + " is not " +
                                                    std::to_string(2 * Size) + " hex digits.");
        return value;
    }
};

struct HashKind {
    static constexpr std::string_view kName = "A hash";
};
struct PublicKeyKind {
    static constexpr std::string_view kName = "A public key";
};
struct SignatureKind {
    static constexpr std::string_view kName = "A signature";
};
struct SecretKeyKind {
    static constexpr std::string_view kName = "A key";
};

using Hash256 = FixedBytes<HashKind, 32>;
using PublicKey = FixedBytes<PublicKeyKind, 32>;
using Signature = FixedBytes<SignatureKind, 64>;
using SecretKey = FixedBytes<SecretKeyKind, 32>;  // of a slab, of an object's data or metadata

// "ed25519:" + 64 hex digits.
std::string to_text(const PublicKey& key);
Result<PublicKey> parse_public_key(std::string_view text);

PublicKey public_key_of(const Ed25519PrivateKey& key);
// Sia signs hashes: the message is always 32 bytes.
Signature sign_hash(const Ed25519PrivateKey& key, const Hash256& hash);
[[nodiscard]] bool verify_hash(const PublicKey& key, const Hash256& hash,
                               const Signature& signature);

}  // namespace siahub::sia

template <class Kind, std::size_t Size>
struct std::hash<siahub::sia::FixedBytes<Kind, Size>> {
    std::size_t operator()(const siahub::sia::FixedBytes<Kind, Size>& value) const {
        // Keys and hashes are evenly spread already.
        return siahub::load_le<std::size_t>(value.bytes.data());
    }
};
