#include "crypto/xchacha20.hpp"

#include "core/encoding.hpp"
#include "crypto/hkdf.hpp"

#include <gtest/gtest.h>
#include <sodium/crypto_stream_xchacha20.h>

namespace siahub {
namespace {

TEST(XChaCha20, AnyPartOfTheStreamIsTheSame) {
    XChaCha20Key key;
    key.fill(std::byte{9});
    XChaCha20Nonce nonce{};
    nonce[23] = std::byte{5};
    Bytes whole(1000);
    xchacha20_xor(key, nonce, 5000, whole);
    for (const std::size_t from : {0U, 1U, 55U, 56U, 57U, 64U, 700U})
        for (const std::size_t size : {0U, 1U, 8U, 63U, 64U, 65U, 300U}) {
            Bytes part(size);
            xchacha20_xor(key, nonce, 5000 + from, part);
            EXPECT_EQ(part, Bytes(whole.begin() + static_cast<std::ptrdiff_t>(from),
                                  whole.begin() + static_cast<std::ptrdiff_t>(from + size)));
        }
}

TEST(XChaCha20, IsTheStreamOfLibsodiumAlsoWhereCountersEnd) {
    XChaCha20Key key;
    key.fill(std::byte{3});
    XChaCha20Nonce nonce;
    for (std::size_t i = 0; i < nonce.size(); ++i)
        nonce[i] = static_cast<std::byte>(i);
    const auto raw = [](const auto& bytes) {
        return reinterpret_cast<const unsigned char*>(bytes.data());
    };
    const std::uint64_t end = std::uint64_t{1} << 32;
    for (const auto block : {std::uint64_t{0}, end - 9, end - 1, end, 3 * end - 5}) {
        Bytes ours(64 * 20 + 7), theirs(ours.size());
        xchacha20_xor(key, nonce, block * 64, ours);
        crypto_stream_xchacha20_xor_ic(reinterpret_cast<unsigned char*>(theirs.data()), raw(theirs),
                                       theirs.size(), raw(nonce), block, raw(key));
        EXPECT_EQ(ours, theirs) << block;
    }
}

TEST(Box, OpensOnlyUnchangedAndWithItsKey) {
    XChaCha20Key key{};
    auto box = seal_box(key, as_bytes("secret"));
    EXPECT_EQ(box.size(), kBoxOverhead + 6);
    EXPECT_NE(box, seal_box(key, as_bytes("secret")));
    EXPECT_EQ(as_chars(open_box(key, box).value()), "secret");
    EXPECT_TRUE(open_box(key, seal_box(key, {})).value().empty());
    auto other = key;
    other[0] = std::byte{1};
    EXPECT_FALSE(open_box(other, box));
    EXPECT_FALSE(open_box(key, ByteView(box).first(39)));
    for (auto& byte : box) {
        byte ^= std::byte{0x10};
        EXPECT_FALSE(open_box(key, box));
        byte ^= std::byte{0x10};
    }
}

TEST(Hkdf, MatchesIndexd) {
    Bytes secret(64);
    ASSERT_TRUE(
        from_hex("b3383d90bf82c4c9bfa445a9d6090977dc9333d302309bd002ba9407c42674b4"
                 "581010a63b0682cc447cd970fdb8b7d634e1e6fec0631a310e53069c7e1b61d9",
                 secret));
    EXPECT_EQ(to_hex(hkdf_blake2b(secret, as_bytes("foo"), {})),
              "5d83d7281a0f5741684c57f95689b2710e1f2a1b32d67a6c6c036c18b6138046");
}

}  // namespace
}  // namespace siahub
