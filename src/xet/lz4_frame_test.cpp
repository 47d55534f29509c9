#include "xet/lz4_frame.hpp"

#include "xet/test_data.hpp"
#include "xet/xxh32.hpp"

#include <gtest/gtest.h>
#include <lz4.h>
#include <lz4frame.h>
#include <rapidcheck.h>

namespace siahub::xet {
namespace {

Bytes library_frame(ByteView content, const LZ4F_preferences_t& preferences) {
    Bytes frame(LZ4F_compressFrameBound(content.size(), &preferences));
    frame.resize(LZ4F_compressFrame(frame.data(), frame.size(), content.data(), content.size(),
                                    &preferences));
    return frame;
}

Result<Bytes> decoded(ByteView frame, std::size_t size) {
    Bytes out(size + kLz4Slack);
    TRY(decode_lz4_frame(frame, out, size));
    out.resize(size);
    return out;
}

TEST(Xxh32, MatchesItsSpecification) {
    EXPECT_EQ(xxh32({}), 0x02CC5D05U);
    EXPECT_EQ(xxh32(as_bytes("a")), 0x550D7456U);
    EXPECT_EQ(xxh32(as_bytes("abc")), 0x32D153FFU);
    EXPECT_EQ(xxh32(as_bytes("Nobody inspects the spammish repetition")), 0xE2293B2FU);
}

TEST(Lz4Frame, ReadsEveryKindThatAllClientsRead) {
    for (const auto& content : {test::text(100'000), test::noise(100'000), test::weights(9)}) {
        for (const auto block : {LZ4F_max64KB, LZ4F_max256KB, LZ4F_max1MB, LZ4F_max4MB}) {
            for (unsigned kind = 0; kind < 16; ++kind) {
                LZ4F_preferences_t preferences{};
                preferences.frameInfo.blockSizeID = block;
                preferences.frameInfo.blockMode =
                    (kind & 1U) != 0 ? LZ4F_blockLinked : LZ4F_blockIndependent;
                preferences.frameInfo.blockChecksumFlag =
                    (kind & 2U) != 0 ? LZ4F_blockChecksumEnabled : LZ4F_noBlockChecksum;
                preferences.frameInfo.contentChecksumFlag =
                    (kind & 4U) != 0 ? LZ4F_contentChecksumEnabled : LZ4F_noContentChecksum;
                preferences.frameInfo.contentSize = (kind & 8U) != 0 ? content.size() : 0;
                const auto frame = library_frame(content, preferences);
                const auto chunk = decoded(frame, content.size());
                if ((kind & 2U) != 0) {
                    EXPECT_FALSE(chunk) << "block checksums are misread by the JS client";
                } else {
                    EXPECT_EQ(chunk, content) << "kind " << kind;
                }
            }
        }
    }
}

TEST(Lz4Frame, NoticesDamageThatChecksumsCover) {
    const auto content = test::text(5'000);
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    const auto frame = library_frame(content, preferences);
    ASSERT_TRUE(decoded(frame, content.size()));
    for (std::size_t i = 0; i < frame.size(); ++i) {
        auto damaged = frame;
        damaged[i] ^= std::byte{0x10};
        const auto result = decoded(damaged, content.size());
        EXPECT_TRUE(!result || *result == content) << "byte " << i;
    }
}

TEST(Lz4Frame, RefusesEveryTruncationAndTrailingBytes) {
    const auto content = test::text(2'000);
    auto frame = library_frame(content, {});
    for (std::size_t size = 0; size < frame.size(); ++size) {
        EXPECT_FALSE(decoded(ByteView(frame).first(size), content.size())) << size;
    }
    frame.push_back(std::byte{0});
    EXPECT_FALSE(decoded(frame, content.size()));
}

TEST(Lz4Frame, RefusesAnyOtherLength) {
    const auto content = test::text(70'000);
    const auto frame = library_frame(content, {});
    for (const std::size_t size : {0UL, 1UL, 65'536UL, 69'999UL, 70'001UL, 131'072UL}) {
        EXPECT_FALSE(decoded(frame, size)) << size;
    }
    EXPECT_TRUE(decoded(frame, 70'000));
}

TEST(Lz4Frame, ABombDoesNotOverrunTheOutput) {
    const Bytes zeros(64UL * 1024 * 1024);
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.blockSizeID = LZ4F_max4MB;
    const auto bomb = library_frame(zeros, preferences);
    ASSERT_LT(bomb.size(), 300'000U);
    EXPECT_EQ(decoded(bomb, 131'072).error().code, Code::invalid_argument);
}

// One block of the given bytes in the frame the encoder writes.
Bytes framed(ByteView block) {
    Bytes frame(64);
    EXPECT_TRUE(encode_lz4_frame(Bytes(100), frame));
    frame.resize(7);
    append_le(frame, static_cast<std::uint32_t>(block.size()));
    append(frame, block);
    append_le(frame, std::uint32_t{0});
    return frame;
}

TEST(Lz4Frame, RefusesAMatchWithOffsetZero) {
    // Four literals, a match of eight bytes at the given offset, five literals.
    const auto block_with = [](unsigned char offset) {
        const std::array<unsigned char, 13> block = {0x44, 'a', 'b', 'c', 'd', offset, 0,
                                                     0x50, 'v', 'w', 'x', 'y', 'z'};
        return Bytes(std::as_bytes(std::span(block)).begin(),
                     std::as_bytes(std::span(block)).end());
    };
    EXPECT_EQ(as_chars(decoded(framed(block_with(4)), 17).value()), "abcdabcdabcdvwxyz");
    EXPECT_EQ(decoded(framed(block_with(0)), 17).error().message,
              "The LZ4 frame of a chunk has a match with offset zero");
    EXPECT_FALSE(decoded(framed(block_with(5)), 17)) << "before the start";
}

// A block of some literals, one match and five literals.
Bytes block_with_match(std::size_t literals, std::size_t length, std::uint16_t offset) {
    const auto put_length = [](Bytes& out, std::size_t rest) {
        for (; rest >= 255; rest -= 255)
            out.push_back(std::byte{255});
        out.push_back(static_cast<std::byte>(rest));
    };
    Bytes block{static_cast<std::byte>(std::min<std::size_t>(literals, 15) << 4U |
                                       std::min<std::size_t>(length - 4, 15))};
    if (literals >= 15) put_length(block, literals - 15);
    block.resize(block.size() + literals, std::byte{'l'});
    append_le(block, offset);
    if (length - 4 >= 15) put_length(block, length - 4 - 15);
    append(block, as_bytes("\x50vwxyz"));
    return block;
}

TEST(Lz4Frame, TheLibraryMakesZerosOfOffsetZero) {
    // has_zero_run() rests on this: whatever the buffer held, and wherever the match is.
    for (std::size_t literals = 0; literals < 40; ++literals) {
        for (std::size_t length = 4; length < 600; length += length < 80 ? 1 : 37) {
            const auto block = block_with_match(literals, length, 0);
            const auto size = literals + length + 5;
            Bytes out(size + kLz4Slack, std::byte{0xAA});
            const auto made = LZ4_decompress_safe(
                reinterpret_cast<const char*>(block.data()), reinterpret_cast<char*>(out.data()),
                static_cast<int>(block.size()), static_cast<int>(out.size()));
            ASSERT_EQ(made, static_cast<int>(size));
            const auto match = ByteView(out).subspan(literals, length);
            ASSERT_TRUE(std::ranges::all_of(match, [](auto b) { return b == std::byte{0}; }))
                << literals << " literals, match of " << length;
            EXPECT_FALSE(decoded(framed(block), size));
            EXPECT_EQ(decoded(framed(block_with_match(literals, length, 1)), size).has_value(),
                      literals > 0);
        }
    }
}

TEST(Lz4Frame, ReadsALateLastMatch) {
    // liblz4 keeps the last match 12 bytes from the end, the JS client's encoder only 9, and
    // liblz4's decoder minds when its output is as long as the content.
    const std::array<unsigned char, 13> block = {0x40, 'a', 'b', 'c', 'd', 4,  0,
                                                 0x50, 'v', 'w', 'x', 'y', 'z'};
    EXPECT_EQ(as_chars(decoded(framed(std::as_bytes(std::span(block))), 13).value()),
              "abcdabcdvwxyz");
}

TEST(Lz4Frame, TheLibraryReadsWhatItWrites) {
    EXPECT_TRUE(rc::check([] {
        const auto size = *rc::gen::inRange<std::size_t>(1, 131'073);
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        const auto content =
            *rc::gen::element(test::text(size, seed), test::weights(size, seed), Bytes(size));
        Bytes frame(size + 1024);
        const auto made = encode_lz4_frame(content, frame);
        RC_PRE(made.has_value());
        frame.resize(*made);
        RC_ASSERT(decoded(frame, size).value() == content);
        LZ4F_dctx* context = nullptr;
        RC_ASSERT(!LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)));
        const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> owner(
            context, LZ4F_freeDecompressionContext);
        Bytes out(size);
        auto out_size = size;
        auto in_size = frame.size();
        RC_ASSERT(
            LZ4F_decompress(context, out.data(), &out_size, frame.data(), &in_size, nullptr) == 0U);
        RC_ASSERT(out == content);
    }));
}

TEST(Lz4Frame, DoesNotWriteWhatDoesNotFit) {
    const auto content = test::noise(1'000);
    Bytes out(1'000);
    EXPECT_FALSE(encode_lz4_frame(content, out));
    EXPECT_FALSE(encode_lz4_frame(content, std::span(out).first(15)));
    EXPECT_FALSE(encode_lz4_frame(content, {}));
}

}  // namespace
}  // namespace siahub::xet
