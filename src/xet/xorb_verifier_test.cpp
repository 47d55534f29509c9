#include "xet/xorb_verifier.hpp"

#include "core/encoding.hpp"
#include "xet/chunker.hpp"
#include "xet/test_data.hpp"
#include "xet/xorb_builder.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace siahub::xet {
namespace {

struct Xorb {
    Bytes records;
    XorbIndex index;
};

Xorb build(const std::vector<Bytes>& chunks) {
    XorbBuilder builder;
    Xorb xorb;
    for (const auto& chunk : chunks)
        append(xorb.records, builder.append(chunk_hash(chunk), chunk));
    xorb.index = builder.finish();
    return xorb;
}

Xorb mixed_xorb() {
    return build(
        {test::text(300), test::noise(200), test::weights(1'000), test::noise(1), Bytes(500)});
}

struct Verdict {
    Result<XorbIndex> index;
    std::size_t records = 0;
};

Verdict verify(XorbVerifier& verifier, ByteView body, std::size_t piece_size) {
    std::size_t records = 0;
    for (std::size_t at = 0; at < body.size(); at += piece_size) {
        const auto taken = verifier.feed(body.subspan(at, std::min(piece_size, body.size() - at)));
        if (!taken) return {std::unexpected(taken.error()), records};
        records += *taken;
        EXPECT_EQ(records, verifier.records_size());
    }
    return {verifier.finish(), records};
}

Result<XorbIndex> verify(ByteView body) {
    XorbVerifier verifier;
    return verify(verifier, body, std::max<std::size_t>(body.size(), 1)).index;
}

std::string complaint(ByteView body) {
    const auto index = verify(body);
    return index ? "no complaint" : index.error().message;
}

Bytes from_hex_text(std::string_view hex) {
    Bytes bytes(hex.size() / 2);
    EXPECT_TRUE(from_hex(hex, bytes));
    return bytes;
}

constexpr std::string_view kHelloBody = "000c0000000c000048656c6c6f20576f726c6421";
constexpr std::string_view kHelloRaw =
    "a29cfb08e608d4d8726dd8659a90b9134b3240d5d8e42d5fcb28e2a6e763a3e8";

TEST(XorbVerifier, AcceptsTheBodyOfTheJsClient) {
    const auto index = verify(from_hex_text(kHelloBody)).value();
    EXPECT_EQ(index.xorb.hex(), "d8d408e608fb9ca213b9909a65d86d725f2de4d8d540324be8a363e7a6e228cb");
    ASSERT_EQ(index.chunks.size(), 1U);
    EXPECT_EQ(index.chunks[0], (ChunkEntry{index.xorb, 20, 12}));
}

TEST(XorbVerifier, AcceptsTheGoldenVersion1Footer) {
    const auto footer = "584554424c4f4201" + std::string(kHelloRaw) + "58424c424853480001000000" +
                        std::string(kHelloRaw) +
                        "58424c42424e440101000000140000000c000000010000005c00000030000000" +
                        std::string(32, '0') + "84000000";
    const auto body = from_hex_text(std::string(kHelloBody) + footer);
    ASSERT_EQ(body.size(), 156U);
    XorbVerifier verifier;
    const auto verdict = verify(verifier, body, 7);
    EXPECT_EQ(verdict.index->xorb.hex(),
              "d8d408e608fb9ca213b9909a65d86d725f2de4d8d540324be8a363e7a6e228cb");
    EXPECT_EQ(verdict.records, 20U);
    EXPECT_EQ(build_footer_v1(*verdict.index), from_hex_text(footer));
}

TEST(XorbVerifier, TheMegabyteOfNoiseHasTheSizeAndHashOfOfficialUploads) {
    const auto bytes = test::noise(1'000'000);
    std::vector<Bytes> chunks;
    Chunker chunker;
    for (ByteView rest = bytes; !rest.empty();) {
        const auto chunk = rest.first(chunker.next_cut(rest).value_or(rest.size()));
        chunks.emplace_back(chunk.begin(), chunk.end());
        rest = rest.subspan(chunk.size());
    }
    const auto xorb = build(chunks);
    EXPECT_EQ(xorb.records.size(), 1'000'152U);
    EXPECT_EQ(verify(xorb.records)->xorb.hex(),
              "6f2ce16ca5e317f0100ff0e7e5bf40a0de9032e9ee1ad04b6b8ff4e36cdfbf6c");
}

TEST(XorbVerifier, EveryPieceSizeGivesTheSameVerdict) {
    const auto xorb = mixed_xorb();
    for (const auto& footer : {Bytes{}, build_footer_v0(xorb.index), build_footer_v1(xorb.index)}) {
        auto body = xorb.records;
        append(body, footer);
        XorbVerifier verifier;
        for (std::size_t piece = 1; piece <= body.size(); ++piece) {
            const auto verdict = verify(verifier, body, piece);
            EXPECT_EQ(verdict.index, xorb.index) << "pieces of " << piece;
            EXPECT_EQ(verdict.records, xorb.records.size());
            verifier.reset();
        }
    }
}

TEST(XorbVerifier, RefusesEveryTruncation) {
    const auto xorb = mixed_xorb();
    for (const auto& footer : {build_footer_v0(xorb.index), build_footer_v1(xorb.index)}) {
        auto body = xorb.records;
        append(body, footer);
        for (std::size_t size = 0; size < body.size(); ++size) {
            // A body may end after any whole record: it is then a shorter xorb with another hash.
            const auto ends =
                std::ranges::count(xorb.index.chunks, size, &ChunkEntry::physical_end);
            const auto index = verify(ByteView(body).first(size));
            EXPECT_EQ(index.has_value(), ends == 1) << size;
            if (index && size < xorb.records.size()) EXPECT_NE(index->xorb, xorb.index.xorb);
        }
    }
}

TEST(XorbVerifier, NoticesEveryChangedByte) {
    const auto xorb = mixed_xorb();
    auto body = xorb.records;
    append(body, build_footer_v1(xorb.index));
    const auto nonce_start = body.size() - 20;
    for (std::size_t i = 0; i < body.size(); ++i) {
        auto damaged = body;
        damaged[i] ^= std::byte{0x5a};
        const auto index = verify(damaged);
        if (i >= nonce_start && i < nonce_start + 16) {
            EXPECT_EQ(index, xorb.index) << "the footer's buffer is the sender's";
        } else {
            EXPECT_TRUE(!index || index->xorb != xorb.index.xorb) << "byte " << i;
        }
    }
}

TEST(XorbVerifier, RefusesWhatIsNeitherChunkNorFooter) {
    const auto xorb = mixed_xorb();
    auto body = xorb.records;
    body.push_back(std::byte{1});
    EXPECT_EQ(complaint(body), "The xorb ends within chunk 5");
    append(body, Bytes(7));
    EXPECT_EQ(complaint(body), "Chunk 5: Chunk version 1 is not known");
    body = xorb.records;
    append(body, build_footer_v1(xorb.index));
    body.push_back(std::byte{0});
    EXPECT_EQ(complaint(body), "Bytes follow the xorb's footer");
    body = xorb.records;
    append(body, as_bytes("XETBLOB\x02"));
    EXPECT_EQ(complaint(body), "Xorb footer version 2 is not known");
    body = xorb.records;
    append(body, as_bytes("XETBLOB"));
    EXPECT_EQ(complaint(body), "The xorb ends within its footer");
    EXPECT_EQ(complaint({}), "The xorb has no chunk");
    EXPECT_EQ(complaint(as_bytes("XETBLOB\x01")), "Chunk 0: Chunk version 88 is not known");
}

TEST(XorbVerifier, ComparesWithTheClaimedHash) {
    const auto xorb = mixed_xorb();
    XorbVerifier verifier;
    ASSERT_TRUE(verifier.feed(xorb.records));
    EXPECT_EQ(verifier.finish(xorb.index.xorb), xorb.index);
    verifier.reset();
    ASSERT_TRUE(verifier.feed(xorb.records));
    const auto refused = verifier.finish(Hash{});
    EXPECT_EQ(refused.error().code, Code::invalid_argument);
    EXPECT_NE(refused.error().message.find(xorb.index.xorb.hex()), std::string::npos);
}

TEST(XorbVerifier, StaysRefusedUntilReset) {
    const auto xorb = mixed_xorb();
    XorbVerifier verifier;
    EXPECT_FALSE(verifier.feed(as_bytes("nonsense")));
    EXPECT_FALSE(verifier.feed(xorb.records));
    EXPECT_FALSE(verifier.finish());
    verifier.reset();
    EXPECT_EQ(verify(verifier, xorb.records, 10).index, xorb.index);
    EXPECT_FALSE(verifier.feed(xorb.records)) << "a finished verifier takes no more";
}

Bytes one_byte_records(std::size_t count) {
    Bytes body;
    for (std::size_t i = 0; i < count; ++i)
        append(body, from_hex_text("000100000001000041"));
    return body;
}

TEST(XorbVerifier, CountsChunks) {
    EXPECT_EQ(verify(one_byte_records(kMaxXorbChunks))->chunks.size(), kMaxXorbChunks);
    EXPECT_EQ(complaint(one_byte_records(kMaxXorbChunks + 1)), "A xorb has at most 8192 chunks");
}

// Feeds `count` plain chunks of 128 KiB without building the body.
Result<std::size_t> feed_large(XorbVerifier& verifier, std::size_t count) {
    const Bytes chunk(kMaxChunk);
    const auto record = from_hex_text("0000000200000002");
    std::size_t records = 0;
    for (std::size_t i = 0; i < count; ++i) {
        records += TRY(verifier.feed(record));
        records += TRY(verifier.feed(chunk));
    }
    return records;
}

TEST(XorbVerifier, BoundsTheStoredSize) {
    XorbVerifier verifier;
    // 512 chunks are 64 MiB and leave 61,440 bytes, which no full chunk fits into.
    EXPECT_EQ(feed_large(verifier, 512), kMaxXorb + 512 * kChunkHeader);
    const auto refused = feed_large(verifier, 1);
    EXPECT_EQ(refused.error().code, Code::payload_too_large);
}

TEST(XorbVerifier, RefusesABombInsideARecord) {
    // A frame for 128 KiB of zeros under a header that admits one byte.
    ChunkEncoder encoder;
    const auto view = encoder.encode_as(Scheme::lz4, Bytes(kMaxChunk));
    Bytes record(view.begin(), view.end());
    record[5] = std::byte{1};
    record[7] = std::byte{0};
    EXPECT_EQ(
        complaint(record),
        "Chunk 0: The LZ4 frame of a chunk is corrupt or expands to more than the stated length");
}

TEST(XorbVerifier, RandomXorbsInRandomPiecesRoundTrip) {
    EXPECT_TRUE(rc::check([] {
        const auto count = *rc::gen::inRange<std::size_t>(1, 12);
        std::vector<Bytes> chunks;
        for (std::size_t i = 0; i < count; ++i) {
            const auto size = *rc::gen::inRange<std::size_t>(1, kMaxChunk + 1);
            chunks.push_back(*rc::gen::element(test::text(size, i), test::weights(size, i),
                                               test::noise(size, i), Bytes(size)));
        }
        const auto xorb = build(chunks);
        XorbVerifier verifier;
        const auto piece = *rc::gen::inRange<std::size_t>(1, 300'000);
        RC_ASSERT(verify(verifier, xorb.records, piece).index.value() == xorb.index);
        RC_ASSERT(xorb.index.xorb == xorb.index.compute_hash());
        ChunkDecoder decoder;
        for (std::uint32_t i = 0; i < xorb.index.chunk_count(); ++i) {
            const auto range = xorb.index.physical_range(i, i + 1);
            const auto record = ByteView(xorb.records).subspan(range.start, range.size());
            const auto header = parse_chunk_header(record.first<kChunkHeader>()).value();
            const auto chunk = decoder.decode(header, record.subspan(kChunkHeader)).value();
            RC_ASSERT(std::ranges::equal(chunk, chunks[i]));
        }
    }));
}

TEST(XorbBuilder, SaysWhenItIsFull) {
    XorbBuilder by_bytes({.unpacked_bytes = 100, .chunks = 10});
    const auto chunk = test::noise(40);
    by_bytes.append(chunk_hash(chunk), chunk);
    by_bytes.append(chunk_hash(chunk), chunk);
    EXPECT_TRUE(by_bytes.fits(20));
    EXPECT_FALSE(by_bytes.fits(21));
    EXPECT_THROW(by_bytes.append(chunk_hash(chunk), chunk), std::logic_error);
    XorbBuilder by_count({.unpacked_bytes = 1'000, .chunks = 1});
    by_count.append(chunk_hash(chunk), chunk);
    EXPECT_FALSE(by_count.fits(1));
    EXPECT_EQ(by_count.finish().records_size(), 48U);
    EXPECT_TRUE(by_count.empty());
    EXPECT_TRUE(by_count.fits(1));
    EXPECT_THROW(by_count.finish(), std::logic_error);
}

}  // namespace
}  // namespace siahub::xet
