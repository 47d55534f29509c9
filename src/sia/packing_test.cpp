#include "sia/packing.hpp"

#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace siahub::sia {
namespace {

using Sizes = std::vector<std::uint64_t>;

TEST(Packing, BodiesFollowEachOther) {
    const auto packing = pack(Sizes{60, 0, 50, 100}, 100);
    EXPECT_EQ(packing.slabs, 3U);
    EXPECT_EQ(packing.used, 210U);
    EXPECT_EQ(packing.bodies[0], (std::vector<PackedSlice>{{0, 0, 60}}));
    EXPECT_TRUE(packing.bodies[1].empty());
    EXPECT_EQ(packing.bodies[2], (std::vector<PackedSlice>{{0, 60, 40}, {1, 0, 10}}));
    EXPECT_EQ(packing.bodies[3], (std::vector<PackedSlice>{{1, 10, 90}, {2, 0, 10}}));
    EXPECT_NEAR(packing.waste(), 0.3, 1e-9);
    EXPECT_EQ(pack(Sizes{}, 100).slabs, 0U);
}

TEST(Packing, SlicesCoverEveryBodyOnce) {
    rc::check([](std::vector<std::uint16_t> raw) {
        const Sizes sizes(raw.begin(), raw.end());
        const auto packing = pack(sizes, 5000);
        std::uint64_t at = 0;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            std::uint64_t length = 0;
            for (const auto& slice : packing.bodies[i]) {
                RC_ASSERT(slice.slab * 5000 + slice.offset == at);
                RC_ASSERT(slice.offset + slice.length <= 5000U);
                at += slice.length;
                length += slice.length;
            }
            RC_ASSERT(length == sizes[i]);
        }
    });
}

TEST(Packing, ABatchIsFullWhenLittleIsWasted) {
    EXPECT_EQ(full_batch(Sizes{40}, 100, 1000), 0U);
    EXPECT_EQ(full_batch(Sizes{40, 56}, 100, 1000), 2U);
    EXPECT_EQ(full_batch(Sizes{40, 56, 20}, 100, 1000), 2U);
    EXPECT_EQ(full_batch(Sizes{64, 64, 64, 64, 64}, 100, 1000), 3U);  // 192 of 200
    EXPECT_EQ(full_batch(Sizes{100, 100, 100}, 100, 200), 2U);
    EXPECT_EQ(full_batch(Sizes{2000}, 100, 1000), 1U);
    EXPECT_EQ(full_batch(Sizes{}, 100, 1000), 0U);
}

}  // namespace
}  // namespace siahub::sia
