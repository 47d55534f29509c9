#include "hub/long_count.hpp"

#include "hub/hash_parts.hpp"
#include "hub/test_objects.hpp"

namespace siahub::hub {
namespace {

using namespace std::chrono_literals;

constexpr UnixMillis kMinute = 60'000;
// Everything takes longer than that, and nothing longer than this.
constexpr LongCountRules kAllIsSlow{.at_least = kMinute, .slow_after = -1ms};
constexpr LongCountRules kNothingIsSlow{.at_least = kMinute, .slow_after = 24h};

class LongCountTest : public ObjectsTest {
  protected:
    Task<Result<std::int64_t>> next() { co_return ++counted_; }

    LongCount<std::int64_t> figure(LongCountRules rules) {
        return {*database_, clock_, "number", [this] { return next(); }, rules};
    }

    std::int64_t counted_ = 0;
};

TEST_F(LongCountTest, WhatIsQuickIsCountedForWhoeverAsks) {
    auto number = figure(kNothingIsSlow);
    EXPECT_EQ(*get(number.get()), 1);
    clock_.advance(kMinute - 1);
    EXPECT_EQ(*get(number.get()), 1);
    clock_.advance(1);
    EXPECT_EQ(*get(number.get()), 2);
    clock_.advance(kMinute);
    get(number.renew());
    EXPECT_EQ(counted_, 2);
}

TEST_F(LongCountTest, NobodyWaitsForWhatIsSlow) {
    auto number = figure(kAllIsSlow);
    EXPECT_EQ(*get(number.get()), 1);
    clock_.advance(24 * 60 * kMinute);
    get(number.renew());
    EXPECT_EQ(counted_, 1) << "nobody has asked";
    EXPECT_EQ(*get(number.get()), 1);
    get(number.renew());
    EXPECT_EQ(*get(number.get()), 2);
    get(number.renew());
    EXPECT_EQ(counted_, 2);
}

TEST_F(LongCountTest, AFigureSaysWhenItWasCounted) {
    auto number = figure(kAllIsSlow);
    EXPECT_EQ(get(number.get()).at, clock_.now());
    clock_.advance(24 * 60 * kMinute);
    EXPECT_EQ(get(number.get()).at, clock_.now() - 24 * 60 * kMinute);
    get(number.renew());
    EXPECT_EQ(get(number.get()).at, clock_.now());
    auto other = figure(kAllIsSlow);
    clock_.advance(kMinute);
    EXPECT_EQ(get(other.get()).at, clock_.now() - kMinute) << "of the process before";
}

TEST_F(LongCountTest, ASlowFigureOutlivesTheProcess) {
    auto first = figure(kAllIsSlow);
    EXPECT_EQ(*get(first.get()), 1);
    auto second = figure(kAllIsSlow);
    EXPECT_EQ(*get(second.get()), 1);
    clock_.advance(24 * 60 * kMinute);
    EXPECT_EQ(*get(first.get()), 1);
    EXPECT_EQ(*get(second.get()), 1);
    get(first.renew());
    get(second.renew());
    EXPECT_EQ(counted_, 2) << "the other one has counted";
    EXPECT_EQ(*get(second.get()), 2);
}

TEST_F(LongCountTest, ADamagedFigureIsCountedAnew) {
    sql("INSERT INTO figures (name, value, counted_at, took) VALUES ('number', '{]', $1, 1000)",
        {clock_.now()});
    auto number = figure(kAllIsSlow);
    EXPECT_EQ(*get(number.get()), 1);
}

TEST_F(LongCountTest, PartsCoverEveryHashOnce) {
    for (const std::string prefix : {"0000", "0010", "000f", "7fff", "8000", "ffff", "fff0"})
        for (const std::string rest : {"00", "ff"}) {
            auto hex = prefix;
            while (hex.size() < 64)
                hex += rest;
            sql("INSERT INTO xorbs (hash, chunk_count, unpacked_size, stored_size, chunk_index,"
                " state, created_at) VALUES ($1, 1, 1, 1, $1, 'stored', 0)",
                {xet::parse_hash(hex).value().view()});
        }
    constexpr std::string_view kSql = "SELECT COUNT(*) FROM xorbs WHERE hash >= $1 AND hash < $2";
    std::atomic<bool> stopped = false;
    for (const std::int64_t few : {0, 1000}) {
        std::int64_t found = 0, parts = 0;
        get(for_hash_parts(
            *database_, kSql, stopped,
            [&](const db::Row& row) {
                found += row.integer(0);
                ++parts;
            },
            few));
        EXPECT_EQ(found, 14);
        EXPECT_EQ(parts > 1, few == 0);
    }
    stopped = true;
    EXPECT_FALSE(run_task(for_hash_parts(*database_, kSql, stopped, [](const db::Row&) {})));
}

}  // namespace
}  // namespace siahub::hub
