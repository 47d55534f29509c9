#pragma once
// Objects as their owner knows them, and sealed as indexd keeps them: keys and metadata encrypted
// under keys derived from the app key and the object's id, and signed. Format: the Sia SDKs'.
// Foreign bytes end in a typed error.

#include "sia/slab.hpp"

namespace siahub::sia {

struct SealedObject {
    Bytes encrypted_data_key;  // nonce, key, tag: 72 bytes
    std::vector<SlabSlice> slabs;
    Signature data_signature;
    Bytes encrypted_metadata_key;  // empty without metadata
    Bytes encrypted_metadata;
    Signature metadata_signature;
    std::int64_t created_at = 0, updated_at = 0;  // Unix seconds

    bool operator==(const SealedObject&) const = default;
    [[nodiscard]] Hash256 id() const { return object_id(slabs); }
};

// indexd's limit on what metadata takes when it is encrypted.
inline constexpr std::size_t kMaxEncryptedMetadata = 1024;
inline constexpr std::size_t kMaxMetadata = kMaxEncryptedMetadata - 40;

struct Object {
    SecretKey data_key;
    std::vector<SlabSlice> slabs;
    Bytes metadata;
    std::int64_t created_at = 0, updated_at = 0;

    bool operator==(const Object&) const = default;
    [[nodiscard]] Hash256 id() const { return object_id(slabs); }
    [[nodiscard]] std::uint64_t size() const;
};

SealedObject seal(const Object& object, const Ed25519PrivateKey& app_key);
// Checks both signatures first. `public_key` of the app key is who must have signed.
Result<Object> open(const SealedObject& sealed, const Ed25519PrivateKey& app_key);

Bytes encode(const SealedObject& object);
Result<SealedObject> decode_sealed_object(ByteView bytes);

}  // namespace siahub::sia
