// Shards that tell clients which chunks they need not upload.

#include "xet/limits.hpp"
#include "xet/shard_builder.hpp"
#include "xet/shard_parser.hpp"
#include "xet/test_data.hpp"

#include <gtest/gtest.h>

namespace siahub::xet {
namespace {

XorbIndex index_of_noise(std::size_t count) {
    XorbIndex index;
    for (std::uint32_t i = 1; i <= count; ++i) {
        index.chunks.push_back({chunk_hash(test::noise(64, i)), i * 80, i * 100});
    }
    index.xorb = index.compute_hash();
    return index;
}

TEST(DedupAnswer, HasTheLayoutBothClientsNeed) {
    const auto index = index_of_noise(20);
    Blake3Key key;
    key.fill(std::byte{7});
    const std::array<std::uint32_t, 1> starts = {3};
    const std::array<DedupXorb, 1> xorbs = {{{&index, starts}}};
    const auto body = build_dedup_answer(xorbs, {key, 1'700'000'000, 1'700'086'400});
    ASSERT_EQ(body.size(), 1352U);
    const auto footer = ByteView(body).last(200);
    const auto u64 = [&](std::size_t at) { return load_le<std::uint64_t>(&footer[at]); };
    EXPECT_EQ(u64(0), 1U);
    EXPECT_EQ(u64(8), 48U);
    EXPECT_EQ(u64(16), 96U);
    for (const std::size_t table : {24UL, 40UL, 56UL}) {
        EXPECT_EQ(u64(table), 1152U);
        EXPECT_EQ(u64(table + 8), 0U);
    }
    EXPECT_TRUE(std::ranges::equal(footer.subspan(72, 32), key));
    EXPECT_EQ(u64(104), 1'700'000'000U);
    EXPECT_EQ(u64(112), 1'700'086'400U);
    EXPECT_EQ(u64(168), index.records_size());
    EXPECT_EQ(u64(184), index.unpacked_size());
    EXPECT_EQ(u64(192), 1152U);
}

TEST(DedupAnswer, ShowsChunksOnlyThroughTheKeyAndFlagsTheEligible) {
    auto index = index_of_noise(5);
    index.chunks[1].hash = chunk_hash(as_bytes("xet-eligible-301"));
    Blake3Key key;
    key.fill(std::byte{9});
    const std::array<std::uint32_t, 1> starts = {3};
    const std::array<DedupXorb, 1> xorbs = {{{&index, starts}}};
    const auto shard = parse_shard(build_dedup_answer(xorbs, {key, 1, 2})).value();
    ASSERT_EQ(shard.xorbs.size(), 1U);
    EXPECT_TRUE(shard.files.empty());
    EXPECT_EQ(shard.xorbs[0].xorb, index.xorb);
    for (std::uint32_t i = 0; i < 5; ++i) {
        EXPECT_EQ(shard.xorbs[0].chunks[i].hash, keyed_chunk_hash(key, index.chunks[i].hash));
        EXPECT_EQ(shard.xorbs[0].chunks[i].dedup_eligible, i == 1 || i == 3);
    }
    const auto plain = parse_shard(build_dedup_answer(xorbs, {})).value();
    EXPECT_EQ(plain.xorbs[0].chunks[2].hash, index.chunks[2].hash);
}

}  // namespace
}  // namespace siahub::xet
