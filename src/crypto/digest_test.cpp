#include "crypto/digest.hpp"

#include "core/encoding.hpp"

#include <gtest/gtest.h>

namespace siahub {
namespace {

TEST(Digest, MatchesFips180Examples) {
    EXPECT_EQ(to_hex(sha1(as_bytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(to_hex(sha1({})), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256({})),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, PiecesGiveTheSameAndAHasherStartsAnew) {
    Sha1Hasher one;
    Sha256Hasher two;
    for (int round = 0; round < 2; ++round) {
        for (const char* piece : {"a", "", "bc"}) {
            one.update(as_bytes(piece));
            two.update(as_bytes(piece));
        }
        EXPECT_EQ(one.finish(), sha1(as_bytes("abc")));
        EXPECT_EQ(two.finish(), sha256(as_bytes("abc")));
    }
}

TEST(Digest, HmacMatchesRfc4231) {
    EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const Bytes key(20, std::byte{0x0b});
    EXPECT_EQ(to_hex(hmac_sha256(key, as_bytes("Hi There"))),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256({}, {})),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Digest, ConstantTimeEqualComparesAllBytes) {
    EXPECT_TRUE(constant_time_equal({}, {}));
    EXPECT_TRUE(constant_time_equal(as_bytes("abc"), as_bytes("abc")));
    EXPECT_FALSE(constant_time_equal(as_bytes("abc"), as_bytes("abd")));
    EXPECT_FALSE(constant_time_equal(as_bytes("xbc"), as_bytes("abc")));
    EXPECT_FALSE(constant_time_equal(as_bytes("abc"), as_bytes("ab")));
}

}  // namespace
}  // namespace siahub
