#include "xet/xorb_index.hpp"

#include "xet/test_data.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace siahub::xet {
namespace {

XorbIndex index_of(std::size_t count, std::uint64_t seed = 5) {
    XorbIndex index;
    std::uint32_t physical = 0;
    std::uint32_t unpacked = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto size = static_cast<std::uint32_t>(1 + test::split_mix(seed) % 8'000);
        physical += 8 + size;
        unpacked += size + static_cast<std::uint32_t>(test::split_mix(seed) % 1'000);
        index.chunks.push_back({chunk_hash(test::noise(8, i)), physical, unpacked});
    }
    index.xorb = index.compute_hash();
    return index;
}

TEST(XorbIndex, SerializedFormRoundTrips) {
    for (const std::size_t count : {1UL, 2UL, 100UL, kMaxXorbChunks}) {
        const auto index = index_of(count);
        const auto blob = index.serialize();
        EXPECT_EQ(blob.size(), 40 * count);
        EXPECT_EQ(XorbIndex::parse(index.xorb, blob).value(), index);
    }
}

TEST(XorbIndex, ParserRefusesEveryTruncationAndOddSizes) {
    const auto index = index_of(3);
    const auto blob = index.serialize();
    for (std::size_t size = 0; size < blob.size(); ++size) {
        EXPECT_EQ(XorbIndex::parse(index.xorb, ByteView(blob).first(size)).has_value(),
                  size == 40 || size == 80);
    }
    EXPECT_FALSE(XorbIndex::parse({}, Bytes(40 * (kMaxXorbChunks + 1))));
}

TEST(XorbIndex, ParserRefusesEndsThatCannotBe) {
    const auto parse_with = [](std::uint32_t physical, std::uint32_t unpacked) {
        auto index = index_of(2);
        index.chunks[0] = {index.chunks[0].hash, 108, 100};
        index.chunks[1] = {index.chunks[1].hash, physical, unpacked};
        return XorbIndex::parse(index.xorb, index.serialize()).has_value();
    };
    EXPECT_TRUE(parse_with(117, 101));
    EXPECT_FALSE(parse_with(116, 101));  // a record has a header and a payload
    EXPECT_FALSE(parse_with(100, 101));
    EXPECT_FALSE(parse_with(117, 100));
    EXPECT_FALSE(parse_with(117, 50));
    EXPECT_TRUE(parse_with(108 + 8 + 262'144, 100 + 131'072));
    EXPECT_FALSE(parse_with(108 + 8 + 262'145, 100 + 131'072));
    EXPECT_FALSE(parse_with(108 + 8 + 262'144, 100 + 131'073));
}

TEST(XorbIndex, ParserRefusesMoreThanAXorbHolds) {
    XorbIndex index;
    for (std::uint32_t i = 1; i <= 256; ++i)
        index.chunks.push_back({{}, i * 262'152, i});
    EXPECT_TRUE(XorbIndex::parse({}, index.serialize()));
    index.chunks.push_back({{}, 257 * 262'152, 257});
    EXPECT_FALSE(XorbIndex::parse({}, index.serialize()));
}

TEST(XorbIndex, RangesAreThoseOfTheChunks) {
    const auto index = index_of(10);
    EXPECT_EQ(index.physical_range(0, 1), (ByteSpan{0, index.chunks[0].physical_end}));
    EXPECT_EQ(index.physical_range(3, 5),
              (ByteSpan{index.chunks[2].physical_end, index.chunks[4].physical_end}));
    EXPECT_EQ(index.physical_range(0, 10).size(), index.records_size());
    EXPECT_EQ(index.unpacked_size(0, 10), index.unpacked_size());
    EXPECT_TRUE(index.has_range(9, 10));
    EXPECT_FALSE(index.has_range(9, 11));
    EXPECT_FALSE(index.has_range(4, 4));
    EXPECT_FALSE(index.has_range(5, 4));
}

TEST(XorbIndex, FindsTheChunkOfAnOffset) {
    const auto index = index_of(50);
    for (std::uint32_t i = 0; i < index.chunk_count(); ++i) {
        EXPECT_EQ(index.chunk_at(index.unpacked_start(i)), i);
        EXPECT_EQ(index.chunk_at(index.chunks[i].unpacked_end - 1), i);
    }
}

TEST(XorbIndex, RangeHashCoversExactlyItsChunks) {
    const auto index = index_of(5);
    const std::vector<Hash> some = {index.chunks[1].hash, index.chunks[2].hash};
    EXPECT_EQ(index.range_hash(1, 3), range_hash(some));
    EXPECT_NE(index.range_hash(1, 4), range_hash(some));
}

}  // namespace
}  // namespace siahub::xet
