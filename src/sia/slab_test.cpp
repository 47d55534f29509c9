#include "sia/slab.hpp"

#include "sia/test_vectors.hpp"

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

using testing::filled_with;
using testing::hash;
using testing::starting_with;

TEST(Slab, IdIsSias) {
    Slab slab{0, {}, 1, {}};
    slab.key =
        SecretKey::from_hex("988aa94d16c39ac05b8bf13d4be1267ce11fbba550d74b7973cceb095af8445c")
            .value();
    for (const auto* root : {"fb0a42cce246d6bb9716eb0e97579a1d0d5c2bb34d7234e9ae271d4fd8201b24",
                             "8125994daee38e1fbaf7a26c7935420ce055202f7175eae98d291ebe80f2b00e",
                             "54ee41b57b9439868b119b8fe1c6c602bd6b35e27d31400c5bb85912b60c9f0a"})
        slab.sectors.push_back({hash(root), filled_with<PublicKey>(1)});
    EXPECT_EQ(slab_id(slab).hex(),
              "d1aea84f8682d7ae17b6c1f14dc344eb70b9328ee913a76fc241559657b06284");
    auto moved = slab;
    moved.sectors[0].host = filled_with<PublicKey>(2);
    EXPECT_EQ(slab_id(moved), slab_id(slab));
    moved.version = 1;
    EXPECT_NE(slab_id(moved), slab_id(slab));
}

TEST(Slab, ObjectIdIsSias) {
    const Slab plain{0, {}, 1, {{filled_with<Hash256>(1), {}}}};
    EXPECT_EQ(object_id(std::vector<SlabSlice>{{plain, 10, 100}}).hex(),
              "1b13d5dd22605af0573cae7fe9242c1ee83727c29798308b2b170864677b46d0");
    const Slab other{
        0, starting_with<SecretKey>({4, 5, 6}), 1, {{starting_with<Hash256>({7, 8, 9}), {}}}};
    EXPECT_EQ(object_id(std::vector<SlabSlice>{{other, 131415, 161718}}).hex(),
              "92b456fd0320c6595cf40280fafde2e3c549e09f6e7168ebdd963500830f50b5");
}

TEST(Redundancy, RuleIsIndexds) {
    for (const auto& [data, parity] : {std::pair{10U, 20U}, {40U, 40U}, {30U, 30U}})
        EXPECT_TRUE(check_redundancy({data, data + parity})) << data;
    for (const auto& [data, parity] : {std::pair{1U, 2U},
                                       {2U, 4U},
                                       {4U, 4U},
                                       {1U, 9U},
                                       {60U, 15U},
                                       {0U, 6U},
                                       {6U, 0U},
                                       {100U, 157U}})
        EXPECT_FALSE(check_redundancy({data, data + parity})) << data;
}

TEST(Redundancy, SmallestTotals) {
    const std::pair<std::size_t, std::size_t> smallest[] = {{3, 12},  {4, 14},  {5, 16},  {6, 17},
                                                            {8, 21},  {10, 25}, {12, 28}, {16, 35},
                                                            {20, 41}, {24, 48}, {32, 60}};
    for (const auto& [data, total] : smallest) {
        EXPECT_TRUE(check_redundancy({data, total})) << data;
        EXPECT_FALSE(check_redundancy({data, total - 1})) << data;
    }
    for (const std::size_t data : {1U, 2U})
        for (std::size_t total = data; total < 12; ++total)
            EXPECT_FALSE(check_redundancy({data, total}));
    EXPECT_EQ(check_redundancy({4, 8}).error().message,
              "4 of 8 shards are too few: with every fourth host down, a slab must be readable in "
              "9999 of 10000 cases.");
}

}  // namespace
}  // namespace siahub::sia
