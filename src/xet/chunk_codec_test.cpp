#include "xet/chunk_codec.hpp"

#include "core/encoding.hpp"
#include "xet/byte_grouping.hpp"
#include "xet/test_data.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace siahub::xet {
namespace {

using HeaderBytes = std::array<std::byte, kChunkHeader>;

HeaderBytes header_bytes(std::string_view hex) {
    HeaderBytes bytes;
    EXPECT_TRUE(from_hex(hex, bytes));
    return bytes;
}

TEST(ChunkHeader, RoundTrips) {
    const auto bytes = header_bytes("000c0000000c0000");
    const auto header = parse_chunk_header(bytes).value();
    EXPECT_EQ(header, (ChunkHeader{Scheme::none, 12, 12}));
    const ChunkHeader large{Scheme::bg4_lz4, 0x01fffe, 0x020000};
    HeaderBytes written;
    write_chunk_header(large, written);
    EXPECT_EQ(to_hex(written), "00feff0102000002");
    EXPECT_EQ(parse_chunk_header(written).value(), large);
}

TEST(ChunkHeader, AcceptsTheLimitsAndNothingBeyond) {
    EXPECT_TRUE(parse_chunk_header(header_bytes("0000000401010000")));   // 256 KiB stored
    EXPECT_FALSE(parse_chunk_header(header_bytes("0001000401010000")));  // one more
    EXPECT_TRUE(parse_chunk_header(header_bytes("0001000001000002")));   // 128 KiB unpacked
    EXPECT_FALSE(parse_chunk_header(header_bytes("0001000001010002")));
    EXPECT_FALSE(parse_chunk_header(header_bytes("0000000001010000")));  // nothing stored
    EXPECT_FALSE(parse_chunk_header(header_bytes("0001000001000000")));  // nothing unpacked
    EXPECT_FALSE(parse_chunk_header(header_bytes("0101000001010000")));  // version 1
    EXPECT_FALSE(parse_chunk_header(header_bytes("0001000003010000")));  // scheme 3
    EXPECT_FALSE(parse_chunk_header(header_bytes("0001000063010000")));  // scheme 99
    EXPECT_FALSE(parse_chunk_header(header_bytes("000c0000000d0000")));  // plain, unequal
}

TEST(ByteGrouping, MatchesThePublishedExample) {
    const auto plain = header_bytes("0001020304050607");
    Bytes ten(plain.begin(), plain.end());
    ten.push_back(std::byte{8});
    ten.push_back(std::byte{9});
    Bytes grouped(10);
    group4(ten, grouped);
    EXPECT_EQ(to_hex(grouped), "00040801050902060307");
}

TEST(ByteGrouping, UndoesItselfInSlices) {
    for (std::size_t size = 0; size < 300; ++size) {
        const auto plain = test::noise(size, size);
        Bytes grouped(size);
        group4(plain, grouped);
        for (const std::size_t slice : {4UL, 8UL, 20UL, 64UL, 100UL, 300UL}) {
            Bytes back;
            for (std::size_t at = 0; at < size; at += slice) {
                Bytes part(std::min(slice, size - at));
                ungroup4(grouped, at, part);
                append(back, part);
            }
            EXPECT_EQ(back, plain) << size << " in slices of " << slice;
        }
    }
}

// Decodes a record both ways and checks that they agree.
Result<Bytes> decoded(ChunkDecoder& decoder, ByteView record) {
    const auto header = TRY(parse_chunk_header(record.first<kChunkHeader>()));
    EXPECT_EQ(record.size(), kChunkHeader + header.stored);
    const auto payload = record.subspan(kChunkHeader);
    const auto hash = decoder.decode_hash(header, payload);
    auto chunk = decoder.decode(header, payload);
    EXPECT_EQ(chunk.has_value(), hash.has_value());
    if (!chunk) return std::unexpected(chunk.error());
    EXPECT_EQ(chunk_hash(*chunk), *hash);
    return Bytes(chunk->begin(), chunk->end());
}

TEST(ChunkCodec, EverySchemeRoundTrips) {
    EXPECT_TRUE(rc::check([] {
        const auto size = *rc::gen::inRange<std::size_t>(1, kMaxChunk + 1);
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        const auto chunk = *rc::gen::element(test::text(size, seed), test::weights(size, seed),
                                             test::noise(size, seed), Bytes(size));
        const auto scheme = *rc::gen::element(Scheme::none, Scheme::lz4, Scheme::bg4_lz4);
        ChunkEncoder encoder;
        ChunkDecoder decoder;
        const auto forced = encoder.encode_as(scheme, chunk);
        RC_ASSERT(forced.size() <= kChunkHeader + size);
        RC_ASSERT(decoded(decoder, forced).value() == chunk);
        RC_ASSERT(decoded(decoder, encoder.encode(chunk)).value() == chunk);
    }));
}

TEST(ChunkCodec, ChoosesTheSchemeThatSuitsTheBytes) {
    ChunkEncoder encoder;
    const auto scheme_of = [&](const Bytes& chunk) {
        return parse_chunk_header(encoder.encode(chunk).first<kChunkHeader>())->scheme;
    };
    EXPECT_EQ(scheme_of(test::noise(65'536)), Scheme::none);
    EXPECT_EQ(scheme_of(test::text(65'536)), Scheme::lz4);
    EXPECT_EQ(scheme_of(test::weights(65'536)), Scheme::bg4_lz4);
    EXPECT_EQ(scheme_of(Bytes(1)), Scheme::none);
    EXPECT_EQ(scheme_of(Bytes(131'072)), Scheme::lz4);
}

TEST(ChunkDecoder, RefusesTruncatedAndMisstatedChunks) {
    ChunkEncoder encoder;
    ChunkDecoder decoder;
    const auto chunk = test::weights(1'000);
    const auto view = encoder.encode_as(Scheme::bg4_lz4, chunk);
    const Bytes record(view.begin(), view.end());
    const auto header = parse_chunk_header(ByteView(record).first<kChunkHeader>()).value();
    ASSERT_EQ(header.scheme, Scheme::bg4_lz4);
    const auto payload = ByteView(record).subspan(kChunkHeader);
    for (std::size_t size = 0; size < payload.size(); ++size) {
        EXPECT_FALSE(decoder.decode(header, payload.first(size)));
        EXPECT_FALSE(decoder.decode_hash(header, payload.first(size)));
    }
    for (const std::uint32_t unpacked : {1U, 999U, 1'001U, 131'072U}) {
        const ChunkHeader lying{header.scheme, header.stored, unpacked};
        EXPECT_EQ(decoder.decode(lying, payload).error().code, Code::invalid_argument);
    }
}

}  // namespace
}  // namespace siahub::xet
