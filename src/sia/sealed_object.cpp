#include "sia/sealed_object.hpp"

#include "core/random.hpp"
#include "crypto/blake2b.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/xchacha20.hpp"
#include "sia/encoding.hpp"

#include <stdexcept>

namespace siahub::sia {

namespace {

// The private key in its 64-byte form is the secret that both wrapping keys come from.
XChaCha20Key wrapping_key(const Ed25519PrivateKey& app_key, const Hash256& id,
                          std::string_view purpose) {
    return hkdf_blake2b(app_key.secret_bytes(), id.bytes, as_bytes(purpose));
}

XChaCha20Key data_wrapping(const Ed25519PrivateKey& app_key, const Hash256& id) {
    return wrapping_key(app_key, id, "dataKey");
}

XChaCha20Key metadata_wrapping(const Ed25519PrivateKey& app_key, const Hash256& id) {
    return wrapping_key(app_key, id, "metadataKey");
}

Hash256 data_hash(const Hash256& id, const SealedObject& object) {
    Blake2b hasher;
    hasher.update(id.bytes);
    hasher.update(object.encrypted_data_key);
    return {hasher.finish()};
}

Hash256 metadata_hash(const Hash256& id, const SealedObject& object) {
    Blake2b hasher;
    hasher.update(id.bytes);
    hasher.update(object.encrypted_metadata_key);
    hasher.update(object.encrypted_metadata);
    return {hasher.finish()};
}

Result<SecretKey> unwrap(const XChaCha20Key& key, ByteView wrapped) {
    const auto bytes = TRY(open_box(key, wrapped));
    SecretKey secret;
    if (bytes.size() != SecretKey::kSize)
        return fail(Code::invalid_argument, "A wrapped key does not have 32 bytes.");
    std::memcpy(secret.bytes.data(), bytes.data(), bytes.size());
    return secret;
}

Result<Bytes> open_metadata(const SealedObject& sealed, const Hash256& id,
                            const Ed25519PrivateKey& app_key) {
    if (sealed.encrypted_metadata_key.empty() && sealed.encrypted_metadata.empty()) return Bytes{};
    const auto key = TRY(unwrap(metadata_wrapping(app_key, id), sealed.encrypted_metadata_key));
    return open_box(key.bytes, sealed.encrypted_metadata);
}

void encode_slice(const SlabSlice& slice, Encoder& out) {
    out.u8(slice.slab.version);
    out.fixed(slice.slab.key);
    out.u8(slice.slab.min_shards);
    out.count(slice.slab.sectors.size());
    for (const auto& sector : slice.slab.sectors) {
        out.fixed(sector.root);
        out.fixed(sector.host);
    }
    out.u64(std::uint64_t{slice.offset} << 32 | slice.length);
}

SlabSlice decode_slice(Decoder& in) {
    SlabSlice slice;
    slice.slab.version = in.u8();
    in.fixed(slice.slab.key);
    slice.slab.min_shards = in.u8();
    const auto sectors = in.count(Hash256::kSize + PublicKey::kSize);
    slice.slab.sectors.reserve(sectors);
    for (std::size_t i = 0; i < sectors; ++i) {
        const auto root = in.hash();
        slice.slab.sectors.push_back({root, in.public_key()});
    }
    const auto position = in.u64();
    slice.offset = static_cast<std::uint32_t>(position >> 32);
    slice.length = static_cast<std::uint32_t>(position);
    return slice;
}

Bytes decode_bytes(Decoder& in) {
    const auto view = in.bytes();
    return {view.begin(), view.end()};
}

}  // namespace

std::uint64_t Object::size() const {
    std::uint64_t sum = 0;
    for (const auto& slice : slabs)
        sum += slice.length;
    return sum;
}

SealedObject seal(const Object& object, const Ed25519PrivateKey& app_key) {
    if (object.metadata.size() > kMaxMetadata) throw std::logic_error("metadata is too long");
    const auto id = object.id();
    SealedObject sealed;
    sealed.slabs = object.slabs;
    sealed.created_at = object.created_at;
    sealed.updated_at = object.updated_at;
    sealed.encrypted_data_key = seal_box(data_wrapping(app_key, id), object.data_key.bytes);
    if (!object.metadata.empty()) {
        XChaCha20Key key;
        fill_random(key);
        sealed.encrypted_metadata_key = seal_box(metadata_wrapping(app_key, id), key);
        sealed.encrypted_metadata = seal_box(key, object.metadata);
    }
    sealed.data_signature = sign_hash(app_key, data_hash(id, sealed));
    sealed.metadata_signature = sign_hash(app_key, metadata_hash(id, sealed));
    return sealed;
}

Result<Object> open(const SealedObject& sealed, const Ed25519PrivateKey& app_key) {
    const auto id = sealed.id();
    const auto owner = public_key_of(app_key);
    if (!verify_hash(owner, data_hash(id, sealed), sealed.data_signature) ||
        !verify_hash(owner, metadata_hash(id, sealed), sealed.metadata_signature))
        return fail(Code::invalid_credentials,
                    "The signatures of a sealed object are not this app key's.");
    Object object;
    object.data_key = TRY(unwrap(data_wrapping(app_key, id), sealed.encrypted_data_key));
    object.metadata = TRY(open_metadata(sealed, id, app_key));
    object.slabs = sealed.slabs;
    object.created_at = sealed.created_at;
    object.updated_at = sealed.updated_at;
    return object;
}

Bytes encode(const SealedObject& object) {
    Encoder out;
    out.bytes(object.encrypted_data_key);
    out.count(object.slabs.size());
    for (const auto& slice : object.slabs)
        encode_slice(slice, out);
    out.fixed(object.data_signature);
    out.bytes(object.encrypted_metadata_key);
    out.bytes(object.encrypted_metadata);
    out.fixed(object.metadata_signature);
    out.time(object.created_at);
    out.time(object.updated_at);
    return out.take();
}

Result<SealedObject> decode_sealed_object(ByteView bytes) {
    constexpr std::size_t kSmallestSlice = 1 + 32 + 1 + 8 + 8;
    Decoder in(bytes, "A sealed object");
    SealedObject object;
    object.encrypted_data_key = decode_bytes(in);
    const auto slabs = in.count(kSmallestSlice);
    object.slabs.reserve(slabs);
    for (std::size_t i = 0; i < slabs; ++i)
        object.slabs.push_back(decode_slice(in));
    object.data_signature = in.signature();
    object.encrypted_metadata_key = decode_bytes(in);
    object.encrypted_metadata = decode_bytes(in);
    object.metadata_signature = in.signature();
    object.created_at = in.time();
    object.updated_at = in.time();
    TRY(in.finish());
    return object;
}

}  // namespace siahub::sia
