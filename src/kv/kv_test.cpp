#include "kv/rate_limiter.hpp"
#include "kv/ttl_cache.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace siahub::kv {
namespace {

TEST(RateLimiter, AllowsABurstThenTheRate) {
    ManualClock clock(1'000'000);
    LocalRateLimiter limiter(clock, 10);
    const Rate rate{.per_second = 2, .burst = 3};
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(limiter.acquire("a", rate).has_value());
    EXPECT_EQ(limiter.acquire("a", rate), std::chrono::milliseconds(500));
    EXPECT_FALSE(limiter.acquire("b", rate).has_value());
    clock.advance(500);
    EXPECT_FALSE(limiter.acquire("a", rate).has_value());
    EXPECT_TRUE(limiter.acquire("a", rate).has_value());
    clock.advance(-10'000);
    EXPECT_TRUE(limiter.acquire("a", rate).has_value());
    clock.advance(60'000);
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(limiter.acquire("a", rate).has_value());
    EXPECT_TRUE(limiter.acquire("a", rate).has_value());
}

TEST(RateLimiter, ForgetsTheLeastRecentKey) {
    ManualClock clock(0);
    LocalRateLimiter limiter(clock, 2);
    const Rate once{.per_second = 0, .burst = 1};
    EXPECT_FALSE(limiter.acquire("a", once).has_value());
    EXPECT_FALSE(limiter.acquire("b", once).has_value());
    EXPECT_TRUE(limiter.acquire("a", once).has_value());
    EXPECT_FALSE(limiter.acquire("c", once).has_value());
    EXPECT_TRUE(limiter.acquire("a", once).has_value());
    EXPECT_FALSE(limiter.acquire("b", once).has_value()) << "b was forgotten";
}

TEST(RateLimiter, NeverGivesMoreThanTheBurstToThreads) {
    ManualClock clock(0);
    LocalRateLimiter limiter(clock, 2);
    std::atomic<int> granted = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 500; ++i)
                    if (!limiter.acquire("a", {.per_second = 0, .burst = 100})) ++granted;
            });
        }
    }
    EXPECT_EQ(granted, 100);
}

TEST(TtlCache, ForgetsOldAndExcessEntries) {
    ManualClock clock(0);
    TtlCache<std::string, int> cache(clock, 80, 1000);
    EXPECT_FALSE(cache.get("a").has_value());
    cache.put("a", 1);
    cache.put("a", 2);
    EXPECT_EQ(cache.get("a"), 2);
    clock.advance(999);
    EXPECT_EQ(cache.get("a"), 2);
    clock.advance(1);
    EXPECT_FALSE(cache.get("a").has_value());
    for (int i = 0; i < 1000; ++i)
        cache.put(std::to_string(i), i);
    int kept = 0;
    for (int i = 0; i < 1000; ++i)
        kept += cache.get(std::to_string(i)).has_value() ? 1 : 0;
    EXPECT_LE(kept, 80);
    EXPECT_GT(kept, 40);
    cache.put("x", 1);
    cache.erase("x");
    EXPECT_FALSE(cache.get("x").has_value());
    cache.put("x", 1);
    cache.clear();
    EXPECT_FALSE(cache.get("x").has_value());
}

}  // namespace
}  // namespace siahub::kv
