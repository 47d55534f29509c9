#include "crypto/reed_solomon.hpp"

#include "core/encoding.hpp"

#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace siahub {
namespace {

std::string row_hex(const ReedSolomon& code, std::size_t shard) {
    return to_hex(std::as_bytes(code.row(shard)));
}

TEST(ReedSolomon, MatrixIsSias) {
    const ReedSolomon small(2, 5);
    EXPECT_EQ(row_hex(small, 0), "0100");
    EXPECT_EQ(row_hex(small, 1), "0001");
    EXPECT_EQ(row_hex(small, 2), "0302");
    EXPECT_EQ(row_hex(small, 3), "0203");
    EXPECT_EQ(row_hex(small, 4), "0504");
    const ReedSolomon usual(10, 30);
    EXPECT_EQ(row_hex(usual, 10), "8196afb8d2c4fee80302");
    EXPECT_EQ(row_hex(usual, 11), "9681b8afc4d2e8fe0203");
    EXPECT_EQ(row_hex(usual, 29), "c731a7b01819d63d8882");
}

TEST(ReedSolomon, RefusesImpossibleCounts) {
    EXPECT_THROW(ReedSolomon(0, 3), std::logic_error);
    EXPECT_THROW(ReedSolomon(3, 3), std::logic_error);
    EXPECT_THROW(ReedSolomon(3, 257), std::logic_error);
    const ReedSolomon code(2, 4);
    const Bytes shard(64);
    Bytes out(64);
    const ReedSolomon::Source twice[] = {{1, shard}, {1, shard}};
    const ReedSolomon::Target target[] = {{0, out}};
    EXPECT_THROW(code.rebuild(twice, target), std::logic_error);
}

struct Shards {
    explicit Shards(const ReedSolomon& code, std::size_t size) : all(code.total(), Bytes(size)) {
        std::mt19937_64 random(size);
        std::vector<ByteView> data;
        std::vector<std::span<std::byte>> parity;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i >= code.data()) {
                parity.emplace_back(all[i]);
                continue;
            }
            for (auto& byte : all[i])
                byte = static_cast<std::byte>(random());
            data.emplace_back(all[i]);
        }
        code.encode(data, parity);
    }
    std::vector<Bytes> all;
};

TEST(ReedSolomon, AnyEnoughShardsGiveBackAnyOthers) {
    rc::check([] {
        const auto data = *rc::gen::inRange<std::size_t>(1, 20);
        const auto total = data + *rc::gen::inRange<std::size_t>(1, 40);
        const auto size = *rc::gen::inRange<std::size_t>(0, 40000);
        const ReedSolomon code(data, total);
        const Shards shards(code, size);
        std::vector<std::size_t> order(total);
        for (std::size_t i = 0; i < total; ++i)
            order[i] = i;
        std::shuffle(order.begin(), order.end(), std::mt19937_64(*rc::gen::arbitrary<unsigned>()));
        std::vector<ReedSolomon::Source> sources;
        for (std::size_t i = 0; i < data; ++i)
            sources.push_back({order[i], shards.all[order[i]]});
        std::vector<Bytes> rebuilt(total - data, Bytes(size));
        std::vector<ReedSolomon::Target> targets;
        for (std::size_t i = data; i < total; ++i)
            targets.push_back({order[i], rebuilt[i - data]});
        code.rebuild(sources, targets);
        for (std::size_t i = data; i < total; ++i)
            RC_ASSERT(rebuilt[i - data] == shards.all[order[i]]);
    });
}

}  // namespace
}  // namespace siahub
