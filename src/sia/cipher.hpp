#pragma once
// The two ciphers over stored data, both XChaCha20 streams entered at any byte. The object cipher
// hides an object's bytes from everybody else who knows its slabs (indexd repairs them); the shard
// cipher makes the shards of a slab look unrelated. Encrypting and decrypting are the same. Neither
// notices changes: Merkle proofs do. Pure functions.

#include "sia/slab.hpp"

namespace siahub::sia {

// `text` lies at `offset` in the sector of shard number `shard`.
void apply_shard_cipher(const SecretKey& slab_key, std::size_t shard, std::uint64_t offset,
                        std::span<std::byte> text);

// Where some bytes of an object lie: version 0 of slabs counts along the object, version 1 along
// the slab.
struct CipherPosition {
    std::uint8_t slab_version = 1;
    SecretKey slab_key;
    std::uint64_t in_slab = 0;
    std::uint64_t in_object = 0;
};

void apply_object_cipher(const SecretKey& data_key, const CipherPosition& position,
                         std::span<std::byte> text);

}  // namespace siahub::sia
