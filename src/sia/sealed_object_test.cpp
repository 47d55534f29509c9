#include "sia/sealed_object.hpp"

#include "core/random.hpp"
#include "sia/test_vectors.hpp"

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

constexpr std::string_view kSeed =
    "9593edfd90ef2da9973af3bca88afdf54b6e7ff66ff6c749505734b9cf6b8aec";
constexpr std::string_view kDataKey =
    "cd280dd064e3c2d4259579bf0deda2492962c130ee8d7d2e11f1daca3e5cc579";
constexpr std::string_view kMetadata =
    "b9d615255cc17596e3870c3adf5e11c1da0dd78e30f29c6b6d223949c7d91492db55cdc6e04ce65b"
    "5b1fea4ccc953e883d5bf23e9c893ecb5221e7315f16e7f95dfc70f0ed1ee1306e8733a22a5faf1b"
    "139f01f0f77ae00d71fe3bbefa4b65aca80f749e4788ace89beaa79ac651aedc54cba7066264df9d"
    "b54c22c1e17cea1a";
constexpr std::string_view kSealed =
    "480000000000000063f49bd7cf21d25565ebb26a900efabec342418989958f09b735073af7dd5076"
    "231c32524ff6208f3a85f8cc8dd4a6ac913e0df51a34ab9ee325b41fc3de93a1107becc3b527f487"
    "020000000000000000739b1966a1d8ab194c0f0ebe012b00259491c13b73e1ad67128957590714dd"
    "33000000000000000000881300000a00000000a4e3e3f002e05ff9d05a3193cc1513a66c10d82979"
    "a0a2fc9aa0aa4c7de2c64600000000000000000000100000200000005cc53fb91b99eb0d4aa422a8"
    "20d2e64109a344e5234d7fb31ec62460f5dc52b6ae0b67c71093cebdb7a6cb79a65dfb6f2cb28eb3"
    "704a302a4517269fce75680c48000000000000008465df0369c7a4144257ce38bb566b47350e21ae"
    "0049b97d56348c1269c4fa5a1ea32f88c20e0ba000446f66e955c191d816bd4f3576caacbd309149"
    "343c629c0c7a7fc99201644da800000000000000f58f39972c8b1db49fef8606f20e690fb68fc9d2"
    "9b5ab0da3a871ddb0cd5e66968ea0cf852a521697f422baac24c9418ca42fbc766d08fe0b55417e4"
    "d0f42831040e1c4e3dba1557ef7285649ab1c810ee1771a4c04d2bea4b2bbf592d3e3a1cee7a9217"
    "191242a6526db0c0ac09398f2090179063b0bdc2278a88540531f6ad3b5d44ecac36b1fef09205a2"
    "011ea4539a9abb914f23461a443efe47e581698416e452fa37af929a8bf8668d999920b5ec04005f"
    "2b947194b19271846b3c375e75257eebaad288bcb1eb36f6748562d97fcd0904eb491090ea8f61c0"
    "ddbc741f187af2b22151180400096e88f1ffffff00096e88f1ffffff";

Ed25519PrivateKey app_key() {
    Ed25519Seed seed;
    EXPECT_TRUE(from_hex(kSeed, seed));
    return Ed25519PrivateKey(seed);
}

TEST(SealedObject, OpensWhatTheSdkSealed) {
    const auto bytes = testing::from_hex(kSealed);
    const auto sealed = decode_sealed_object(bytes);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(encode(*sealed), bytes);
    const auto object = open(*sealed, app_key());
    ASSERT_TRUE(object);
    EXPECT_EQ(object->data_key.hex(), kDataKey);
    EXPECT_EQ(to_hex(object->metadata), kMetadata);
    ASSERT_EQ(object->slabs.size(), 2U);
    EXPECT_EQ(object->slabs[0].offset, 10U);
    EXPECT_EQ(object->slabs[0].length, 5000U);
    EXPECT_EQ(object->slabs[1].offset, 32U);
    EXPECT_EQ(object->slabs[1].length, 4096U);
    EXPECT_EQ(object->size(), 9096U);
    EXPECT_EQ(object->slabs[0].slab.version, 0);
}

Object sample() {
    Object object;
    fill_random(object.data_key.bytes);
    for (std::uint8_t i = 0; i < 3; ++i) {
        Slab slab{1, testing::filled_with<SecretKey>(i), 4, {}};
        for (unsigned char s = 0; s < 14; ++s)
            slab.sectors.push_back(
                {testing::filled_with<Hash256>(s), testing::filled_with<PublicKey>(s)});
        object.slabs.push_back({slab, i, 1000U * i});
    }
    object.created_at = 1700000000;
    object.updated_at = 1700000001;
    return object;
}

TEST(SealedObject, WhatIsSealedOpensAgain) {
    for (const std::string_view metadata : {"", "{\"name\":\"a\"}"}) {
        auto object = sample();
        object.metadata.assign(as_bytes(metadata).begin(), as_bytes(metadata).end());
        const auto sealed = seal(object, app_key());
        EXPECT_EQ(sealed.encrypted_data_key.size(), 72U);
        EXPECT_EQ(sealed.encrypted_metadata_key.empty(), metadata.empty());
        const auto decoded = decode_sealed_object(encode(sealed));
        ASSERT_TRUE(decoded);
        EXPECT_EQ(*decoded, sealed);
        EXPECT_EQ(open(*decoded, app_key()).value(), object);
        EXPECT_EQ(open(sealed, Ed25519PrivateKey::random()).error().code,
                  Code::invalid_credentials);
    }
}

TEST(SealedObject, ChangesAreNoticed) {
    const auto sealed = seal(sample(), app_key());
    auto slice = sealed;
    slice.slabs[0].length += 1;
    EXPECT_FALSE(open(slice, app_key()));
    auto root = sealed;
    root.slabs[1].slab.sectors[2].root.bytes[0] ^= std::byte{1};
    EXPECT_FALSE(open(root, app_key()));
    auto key = sealed;
    key.encrypted_data_key[30] ^= std::byte{1};
    EXPECT_FALSE(open(key, app_key()));
    auto metadata = sealed;
    metadata.encrypted_metadata.push_back(std::byte{1});
    EXPECT_FALSE(open(metadata, app_key()));
    auto moved = sealed;  // repair moves sectors: the object stays what it is
    moved.slabs[0].slab.sectors[0].host = testing::filled_with<PublicKey>(99);
    EXPECT_TRUE(open(moved, app_key()));
}

TEST(SealedObject, EveryTruncationIsAnError) {
    const auto bytes = encode(seal(sample(), app_key()));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        ASSERT_FALSE(decode_sealed_object(ByteView(bytes).first(size))) << size;
    auto longer = bytes;
    longer.push_back(std::byte{0});
    EXPECT_EQ(decode_sealed_object(longer).error().message,
              "A sealed object has 1 bytes too many.");
}

}  // namespace
}  // namespace siahub::sia
