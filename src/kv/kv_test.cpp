// What holds for the implementations in this process beyond what they share with others.
#include "core/run_task.hpp"
#include "kv/conformance.hpp"
#include "kv/shared_state.hpp"

#include <thread>

namespace siahub::kv {
namespace {

class LocalBackend final : public Backend {
  public:
    RateLimiter& limiter() override { return limiter_; }
    Cache& cache() override { return cache_; }
    Locks& locks() override { return locks_; }
    void pass(std::chrono::milliseconds time) override { clock_.advance(time.count()); }
    bool run_bool(Task<bool> task) override { return run_task(std::move(task)); }
    void run_all(std::vector<Task<bool>> tasks) override {
        for (auto& task : tasks)
            run_task(std::move(task));
    }

  private:
    ManualClock clock_{1'000'000};
    LocalRateLimiter limiter_{clock_, 1000};
    LocalCache cache_{clock_, 1000};
    LocalLocks locks_{clock_};
};

std::unique_ptr<Backend> make_local() {
    return std::make_unique<LocalBackend>();
}

INSTANTIATE_TEST_SUITE_P(Local, KvConformance, ::testing::Values(make_local));

constexpr Rate kFew{.requests = 3, .window = std::chrono::minutes(1)};

TEST(LocalRateLimiter, SurvivesAClockThatIsSetBack) {
    ManualClock clock(1'000'000);
    LocalRateLimiter limiter(clock, 10);
    EXPECT_TRUE(limiter.take_here("a", kFew).allowed);
    clock.advance(-500'000);
    EXPECT_TRUE(limiter.take_here("a", kFew).allowed);
    EXPECT_TRUE(limiter.take_here("a", kFew).allowed);
    EXPECT_FALSE(limiter.take_here("a", kFew).allowed);
    clock.advance(20'000);
    EXPECT_TRUE(limiter.take_here("a", kFew).allowed);
}

TEST(LocalRateLimiter, ForgetsKeysUsedLongestAgo) {
    ManualClock clock(0);
    LocalRateLimiter limiter(clock, 80);
    const Rate once{.requests = 1, .window = std::chrono::hours(1)};
    EXPECT_TRUE(limiter.take_here("first", once).allowed);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_TRUE(limiter.take_here(std::to_string(i), once).allowed);
        EXPECT_FALSE(limiter.take_here("0", once).allowed) << "is in use";
    }
    EXPECT_TRUE(limiter.take_here("first", once).allowed);
}

TEST(LocalRateLimiter, NeverGivesMoreThanTheBurstToThreads) {
    ManualClock clock(0);
    LocalRateLimiter limiter(clock, 2);
    std::atomic<int> granted = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                const Rate rate{.requests = 100, .window = std::chrono::hours(1)};
                for (int i = 0; i < 500; ++i)
                    granted += limiter.take_here("a", rate).allowed ? 1 : 0;
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
    cache.put("short", 1, 10);
    EXPECT_EQ(cache.get("a"), 2);
    clock.advance(10);
    EXPECT_FALSE(cache.get("short").has_value());
    clock.advance(989);
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

TEST(SharedState, IsInThisProcessWithoutAUrl) {
    const SystemClock clock;
    const Log log(Log::Level::off);
    const auto state = open_shared_state("", {}, clock, log);
    ASSERT_TRUE(state);
    (*state)->start();
    EXPECT_FALSE((*state)->redis());
    EXPECT_EQ((*state)->sessions(), nullptr);
    EXPECT_TRUE((*state)->limiter().take_now("a", kFew)->allowed);
    EXPECT_TRUE(run_task((*state)->locks().try_lock("a", std::chrono::seconds(1))));
    (*state)->stop();
    EXPECT_EQ(open_shared_state("redis:/x", {}, clock, log).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace siahub::kv
