#include "sia/encoding.hpp"

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

TEST(Encoding, WhatIsWrittenIsReadAgain) {
    Encoder out;
    out.u8(7);
    out.boolean(true);
    out.u32(0x01020304);
    out.u64(1234567890123);
    out.time(-5);
    out.currency({1, 2});
    out.specifier("ReadSector");
    out.string("hello");
    out.count(2);
    out.fixed(Hash256{});
    out.fixed(Hash256{});
    Decoder in(out.view(), "A test");
    EXPECT_EQ(in.u8(), 7);
    EXPECT_TRUE(in.boolean());
    EXPECT_EQ(in.u32(), 0x01020304U);
    EXPECT_EQ(in.u64(), 1234567890123U);
    EXPECT_EQ(in.time(), -5);
    EXPECT_EQ(in.currency(), (Currency{1, 2}));
    EXPECT_EQ(in.specifier(), "ReadSector");
    EXPECT_EQ(in.string(), "hello");
    ASSERT_EQ(in.count(32), 2U);
    EXPECT_TRUE(in.hash().is_zero());
    EXPECT_FALSE(in.finish());
    EXPECT_TRUE(in.hash().is_zero());
    EXPECT_TRUE(in.finish());
}

TEST(Encoding, LayoutIsSias) {
    Encoder out;
    out.string("ab");
    out.specifier("Settings");
    EXPECT_EQ(to_hex(out.take()),
              "02000000000000006162"
              "53657474696e67730000000000000000");
}

TEST(Encoding, LengthsAreBoundedByTheInput) {
    Encoder out;
    out.u64(std::uint64_t{1} << 60);
    Decoder strings(out.view(), "A list");
    EXPECT_TRUE(strings.bytes().empty());
    EXPECT_EQ(strings.status().error().message, "A list claims more elements than it has bytes.");
    Decoder hashes(out.view(), "A list");
    EXPECT_EQ(hashes.count(32), 0U);
    EXPECT_FALSE(hashes.ok());
    Decoder limited(out.view(), "A list");
    EXPECT_EQ(limited.count(0, 10), 0U);
    EXPECT_EQ(limited.status().error().message, "A list has more elements than are allowed.");
}

TEST(Encoding, TheFirstFailureStays) {
    const Bytes two{std::byte{2}};
    Decoder in(two, "A flag");
    EXPECT_FALSE(in.boolean());
    EXPECT_EQ(in.u64(), 0U);
    EXPECT_EQ(in.finish().error().message, "A flag has a truth value that is neither 0 nor 1.");
    Decoder shorter(two, "A number");
    EXPECT_EQ(shorter.u64(), 0U);
    EXPECT_EQ(shorter.finish().error().message, "A number ends too early.");
}

TEST(Ids, TextForms) {
    const std::string hex = "ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1";
    const auto key = parse_public_key("ed25519:" + hex);
    ASSERT_TRUE(key);
    EXPECT_EQ(to_text(*key), "ed25519:" + hex);
    EXPECT_EQ(key->hex(), hex);
    EXPECT_FALSE(parse_public_key(hex));
    EXPECT_FALSE(parse_public_key("ed25519:" + hex.substr(2)));
    EXPECT_FALSE(Hash256::from_hex(hex + "00"));
    EXPECT_FALSE(Hash256::from_hex("x" + hex.substr(1)));
    EXPECT_NE(std::hash<PublicKey>()(*key), std::hash<PublicKey>()(PublicKey{}));
}

TEST(Ids, SignaturesOfHashes) {
    const Ed25519PrivateKey key{Ed25519Seed{}};
    EXPECT_EQ(public_key_of(key).hex(),
              "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29");
    const auto signature = sign_hash(key, Hash256{});
    EXPECT_TRUE(verify_hash(public_key_of(key), Hash256{}, signature));
    EXPECT_FALSE(verify_hash(public_key_of(key), Hash256{{std::byte{1}}}, signature));
}

}  // namespace
}  // namespace siahub::sia
