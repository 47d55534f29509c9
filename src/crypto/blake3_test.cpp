#include "crypto/blake3.hpp"

#include "core/encoding.hpp"

#include <gtest/gtest.h>

namespace siahub {
namespace {

// The official vectors hash bytes 0, 1, … 250, 0, 1, … with this key.
Bytes pattern(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::byte>(i % 251);
    return bytes;
}

Blake3Key official_key() {
    Blake3Key key;
    std::ranges::copy(as_bytes("whats the Elvish word for friend"), key.begin());
    return key;
}

TEST(Blake3, MatchesTheOfficialVectors) {
    EXPECT_EQ(to_hex(blake3({})),
              "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    EXPECT_EQ(to_hex(blake3(pattern(1))),
              "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213");
    EXPECT_EQ(to_hex(blake3_keyed(official_key(), {})),
              "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26");
    EXPECT_EQ(to_hex(blake3_keyed(official_key(), pattern(1))),
              "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b");
}

TEST(Blake3, PiecesGiveTheSameDigestAsTheWhole) {
    const auto bytes = pattern(5000);
    Blake3 hasher(official_key());
    for (int round = 0; round < 2; ++round) {
        for (std::size_t at = 0; at < bytes.size(); at += 7) {
            hasher.update(ByteView(bytes).subspan(at, std::min<std::size_t>(7, bytes.size() - at)));
        }
        EXPECT_EQ(hasher.digest(), blake3_keyed(official_key(), bytes));
        hasher.reset();
    }
}

TEST(Blake3, TheKeyMatters) {
    EXPECT_NE(blake3_keyed({}, pattern(9)), blake3(pattern(9)));
}

}  // namespace
}  // namespace siahub
