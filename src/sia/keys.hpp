#pragma once
// From a recovery phrase to keys. A phrase is 12 English words of BIP-39 (16 bytes of entropy and 4
// bits of checksum); Sia hashes the entropy instead of stretching it with PBKDF2. The app key signs
// requests to indexd and tokens for hosts, and wraps the keys of objects: 32 bytes of seed are all
// there is to keep. Pure functions.

#include "sia/ids.hpp"

namespace siahub::sia {

using Entropy = std::array<std::byte, 16>;

// Words in any case, with any white space between them. The error says which word is wrong.
Result<Entropy> parse_recovery_phrase(std::string_view phrase);
std::string recovery_phrase(const Entropy& entropy);

SecretKey recovery_seed(const Entropy& entropy);
// `user_secret` is indexd's answer to an approved connection: the same for one connect key and app.
Ed25519PrivateKey derive_app_key(const SecretKey& recovery_seed, const Hash256& app_id,
                                 const SecretKey& user_secret);
Ed25519PrivateKey derive_wallet_key(const SecretKey& recovery_seed, std::uint64_t index);

}  // namespace siahub::sia
