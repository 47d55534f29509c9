#include "sia/cipher.hpp"

#include "sia/test_vectors.hpp"

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

using testing::filled_with;

std::string shard_cipher(std::size_t shard, std::uint64_t offset, std::string_view hex) {
    auto text = testing::from_hex(hex);
    apply_shard_cipher(filled_with<SecretKey>(1), shard, offset, text);
    return to_hex(text);
}

TEST(ShardCipher, IsSias) {
    EXPECT_EQ(shard_cipher(0, 0, "010203"), "889abc");
    EXPECT_EQ(shard_cipher(1, 0, "040506"), "46d8b4");
    EXPECT_EQ(shard_cipher(0, 100, "010203"), "06c2c0");
    EXPECT_EQ(shard_cipher(1, 100, "040506"), "ecbca5");
}

Bytes object_cipher(CipherPosition position, std::size_t size) {
    Bytes text(size);
    apply_object_cipher(filled_with<SecretKey>(7), position, text);
    return text;
}

TEST(ObjectCipher, Version1CountsAlongTheSlab) {
    const auto key = filled_with<SecretKey>(3);
    const auto whole = object_cipher({1, key, 1000, 0}, 500);
    EXPECT_EQ(object_cipher({1, key, 1100, 777}, 50),
              Bytes(whole.begin() + 100, whole.begin() + 150));
    EXPECT_NE(object_cipher({1, filled_with<SecretKey>(4), 1000, 0}, 500), whole);
}

TEST(ObjectCipher, Version0CountsAlongTheObjectAndChangesItsNonce) {
    const std::uint64_t limit = 274877906880;
    const auto key = filled_with<SecretKey>(3);
    const auto across = object_cipher({0, key, 5, limit - 100}, 300);
    EXPECT_EQ(object_cipher({0, {}, 9, limit - 100}, 100),
              Bytes(across.begin(), across.begin() + 100));
    EXPECT_EQ(object_cipher({0, {}, 0, limit}, 200), Bytes(across.begin() + 100, across.end()));
    EXPECT_NE(object_cipher({0, {}, 0, limit}, 200), object_cipher({0, {}, 0, 0}, 200));
}

}  // namespace
}  // namespace siahub::sia
