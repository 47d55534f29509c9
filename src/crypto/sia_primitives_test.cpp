// What Sia needs of libsodium and OpenSSL, against the handshake vectors of siamux v3.
#include "core/encoding.hpp"
#include "crypto/blake2b.hpp"
#include "crypto/chacha20_poly1305.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/x25519.hpp"

#include <gtest/gtest.h>

namespace siahub {
namespace {

template <std::size_t Size>
std::array<std::byte, Size> filled(unsigned char value) {
    std::array<std::byte, Size> out;
    out.fill(std::byte{value});
    return out;
}

Bytes bytes_of(std::string_view hex) {
    Bytes out(hex.size() / 2);
    EXPECT_TRUE(from_hex(hex, out));
    return out;
}

TEST(Blake2b, MatchesKnownDigestsInOnePieceOrMany) {
    EXPECT_EQ(to_hex(blake2b_256({})),
              "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    Blake2b hasher;
    for (int round = 0; round < 2; ++round) {
        for (const char* piece : {"a", "", "bc"})
            hasher.update(as_bytes(piece));
        EXPECT_EQ(hasher.finish(), blake2b_256(as_bytes("abc")));
    }
}

TEST(X25519, AgreesWithSiamux) {
    const auto client = filled<32>(1), server = filled<32>(2);
    const auto client_public = x25519_public(client), server_public = x25519_public(server);
    EXPECT_EQ(to_hex(client_public),
              "a4e09292b651c278b9772c569f5fa9bb13d906b46ab68c9df9dc2b4409f8a209");
    EXPECT_EQ(to_hex(server_public),
              "ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59");
    const auto shared = x25519_shared(client, server_public);
    ASSERT_TRUE(shared);
    EXPECT_EQ(to_hex(*shared), "2ed76ab549b1e73c031eb49c9448f0798aea81b698279a0c3dc3e49fbfc4b953");
    EXPECT_EQ(x25519_shared(server, client_public).value(), *shared);
    Bytes joined(shared->begin(), shared->end());
    append(joined, client_public);
    append(joined, server_public);
    EXPECT_EQ(to_hex(blake2b_256(joined)),
              "aed23a79205772234ac29a04bdaf79b4384eec870dc9b4453e09f08e3338851a");
    EXPECT_FALSE(x25519_shared(client, X25519Key{}));
}

TEST(Ed25519, SignsAsSiamuxHosts) {
    const Ed25519PrivateKey host(filled<32>(3));
    EXPECT_EQ(to_hex(host.public_key()),
              "ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1");
    EXPECT_EQ(host.seed(), filled<32>(3));
    Bytes message;
    append(message, x25519_public(filled<32>(1)));
    append(message, x25519_public(filled<32>(2)));
    auto signature = host.sign(message);
    EXPECT_EQ(to_hex(signature),
              "dc14a99c32a8631f0ea8834091f0478d5d632bdaa32eb73cc67f106585b32a32"
              "a8a0992508fbd74c08eb20f5fb8622c8e700c31cf2da5cfb07ecb4392033b90d");
    EXPECT_TRUE(ed25519_verify(host.public_key(), message, signature));
    signature[5] ^= std::byte{1};
    EXPECT_FALSE(ed25519_verify(host.public_key(), message, signature));
}

TEST(ChaCha20Poly1305, SealsAsSiamuxAndNoticesChanges) {
    ChaCha20Poly1305::Key key;
    ASSERT_TRUE(from_hex("aed23a79205772234ac29a04bdaf79b4384eec870dc9b4453e09f08e3338851a", key));
    ChaCha20Poly1305 cipher(key);
    const auto plain = bytes_of("e0100000804f1200");
    const ChaCha20Poly1305::Nonce from_client{};
    auto from_server = from_client;
    from_server[11] = std::byte{0x80};
    auto packet = plain;
    packet.resize(24);
    const auto text = std::span(packet).first(8);
    const auto tag = std::span(packet).subspan<8, 16>();
    cipher.seal(from_server, text, tag);
    EXPECT_EQ(to_hex(packet), "860bc7ecde1dd64fbe31793ffe5108ede85fedb42ed4b101");
    ASSERT_TRUE(cipher.open(from_server, text, tag));
    EXPECT_EQ(Bytes(text.begin(), text.end()), plain);
    cipher.seal(from_client, text, tag);
    EXPECT_EQ(to_hex(packet), "f7ebc7f275b662fc7d59951bd5205703cf38ad13239efc27");
    packet[3] ^= std::byte{1};
    EXPECT_FALSE(cipher.open(from_client, text, tag));
    cipher.seal(from_client, {}, tag);
    EXPECT_TRUE(cipher.open(from_client, {}, tag));
}

}  // namespace
}  // namespace siahub
