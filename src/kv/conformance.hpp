#pragma once
// What every implementation of the interfaces of this layer must do. Included by one file of a test
// program, which instantiates KvConformance with a maker of its implementation.

#include "kv/cache.hpp"
#include "kv/locks.hpp"
#include "kv/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace siahub::kv {

class Backend {
  public:
    virtual ~Backend() = default;
    virtual RateLimiter& limiter() = 0;
    virtual Cache& cache() = 0;
    virtual Locks& locks() = 0;
    // Lets time go by.
    virtual void pass(std::chrono::milliseconds time) = 0;
    virtual bool run_bool(Task<bool> task) = 0;
    virtual void run_all(std::vector<Task<bool>> tasks) = 0;  // at once
};

using BackendMaker = std::unique_ptr<Backend> (*)();

class KvConformance : public ::testing::TestWithParam<BackendMaker> {
  protected:
    static Task<bool> take_into(RateLimiter& limiter, std::string key, Rate rate, Turn& turn) {
        const auto now = limiter.take_now(key, rate);
        turn = now ? *now : co_await limiter.take(key, rate);
        co_return true;
    }
    static Task<bool> count_turn(RateLimiter& limiter, Rate rate, std::atomic<int>& allowed) {
        Turn turn;
        co_await take_into(limiter, "crowd", rate, turn);
        allowed += turn.allowed ? 1 : 0;
        co_return true;
    }
    static Task<bool> get_into(Cache& cache, std::string key, std::optional<Cached>& found) {
        found = co_await cache.get(std::move(key));
        co_return true;
    }
    static Task<bool> done(Task<void> task) {
        co_await std::move(task);
        co_return true;
    }
    static Task<bool> lock_into(Locks& locks, std::string name, std::chrono::milliseconds ttl,
                                std::optional<Locks::Lease>& lease) {
        lease = co_await locks.try_lock(std::move(name), ttl);
        co_return true;
    }

    Turn take(std::string key, Rate rate) {
        Turn turn;
        backend_->run_bool(take_into(backend_->limiter(), std::move(key), rate, turn));
        return turn;
    }
    std::optional<Cached> get(std::string key) {
        std::optional<Cached> found;
        backend_->run_bool(get_into(backend_->cache(), std::move(key), found));
        return found;
    }
    void put(std::string key, std::string value, std::chrono::milliseconds ttl) {
        backend_->run_bool(done(backend_->cache().put(std::move(key), std::move(value), ttl)));
    }
    void erase(std::string key) {
        backend_->run_bool(done(backend_->cache().erase(std::move(key))));
    }
    std::optional<Locks::Lease> lock(std::string name, std::chrono::milliseconds ttl) {
        std::optional<Locks::Lease> lease;
        backend_->run_bool(lock_into(backend_->locks(), std::move(name), ttl, lease));
        return lease;
    }
    bool release(Locks::Lease& lease) { return backend_->run_bool(lease.release()); }
    bool renew(Locks::Lease& lease, std::chrono::milliseconds ttl) {
        return backend_->run_bool(lease.renew(ttl));
    }

    static constexpr std::chrono::milliseconds kLong{60'000};
    std::unique_ptr<Backend> backend_ = GetParam()();
};

TEST_P(KvConformance, RateAllowsTheBurstThenRefuses) {
    const Rate rate{.requests = 3, .window = kLong};
    for (std::uint32_t left = 3; left-- > 0;) {
        const auto turn = take("a", rate);
        EXPECT_TRUE(turn.allowed);
        EXPECT_EQ(turn.remaining, left);
        EXPECT_GT(turn.reset.count(), 0);
        EXPECT_LE(turn.reset, kLong);
    }
    for (int again = 0; again < 3; ++again) {
        const auto turn = take("a", rate);
        EXPECT_FALSE(turn.allowed);
        EXPECT_EQ(turn.remaining, 0U);
        EXPECT_GT(turn.reset, kLong / 6);
        EXPECT_LE(turn.reset, kLong / 3);
    }
    EXPECT_TRUE(take("b", rate).allowed) << "each key has a bucket of its own";
}

TEST_P(KvConformance, RateGivesTokensBackWithTime) {
    const Rate rate{.requests = 2, .window = std::chrono::seconds(3)};
    EXPECT_TRUE(take("a", rate).allowed);
    EXPECT_TRUE(take("a", rate).allowed);
    const auto refused = take("a", rate);
    EXPECT_FALSE(refused.allowed);
    backend_->pass(refused.reset);
    EXPECT_TRUE(take("a", rate).allowed) << "what it said came true";
    EXPECT_FALSE(take("a", rate).allowed);
}

TEST_P(KvConformance, RateNeverHoldsMoreThanTheBurst) {
    const Rate rate{.requests = 2, .window = std::chrono::seconds(2)};
    EXPECT_TRUE(take("a", rate).allowed);
    backend_->pass(rate.window * 2);
    EXPECT_TRUE(take("a", rate).allowed);
    EXPECT_TRUE(take("a", rate).allowed);
    EXPECT_FALSE(take("a", rate).allowed);
}

TEST_P(KvConformance, RateHoldsForManyAtOnce) {
    const Rate rate{.requests = 100, .window = std::chrono::hours(10)};
    std::atomic<int> allowed = 0;
    std::vector<Task<bool>> tasks;
    for (int i = 0; i < 400; ++i)
        tasks.push_back(count_turn(backend_->limiter(), rate, allowed));
    backend_->run_all(std::move(tasks));
    EXPECT_EQ(allowed, 100);
}

TEST_P(KvConformance, CacheKeepsReplacesAndForgets) {
    EXPECT_FALSE(get("a"));
    put("a", "1", kLong);
    put("a", std::string("2\r\n\0", 4), kLong);
    put("b", "", kLong);
    ASSERT_TRUE(get("a"));
    EXPECT_EQ(get("a")->value, std::string("2\r\n\0", 4));
    EXPECT_GT(get("a")->ttl, kLong / 2);
    EXPECT_LE(get("a")->ttl, kLong);
    EXPECT_EQ(get("b")->value, "");
    erase("a");
    erase("never");
    EXPECT_FALSE(get("a"));
    EXPECT_TRUE(get("b"));
}

TEST_P(KvConformance, CacheForgetsByTime) {
    put("a", "1", std::chrono::milliseconds(400));
    put("b", "1", std::chrono::milliseconds(400));
    put("b", "2", kLong);
    backend_->pass(std::chrono::milliseconds(401));
    EXPECT_FALSE(get("a"));
    EXPECT_TRUE(get("b")) << "the last put counts";
}

TEST_P(KvConformance, CacheKeepsNoLargeValue) {
    put("a", std::string(Cache::kMaxValue, 'x'), kLong);
    EXPECT_TRUE(get("a"));
    put("a", std::string(Cache::kMaxValue + 1, 'x'), kLong);
    EXPECT_FALSE(get("a")) << "and not the old one either";
}

TEST_P(KvConformance, LockHasOneHolder) {
    auto lease = lock("a", kLong);
    ASSERT_TRUE(lease);
    EXPECT_FALSE(lock("a", kLong));
    EXPECT_TRUE(lock("b", kLong));
    EXPECT_TRUE(renew(*lease, kLong));
    EXPECT_TRUE(release(*lease));
    EXPECT_FALSE(release(*lease));
    EXPECT_FALSE(renew(*lease, kLong));
    EXPECT_TRUE(lock("a", kLong));
}

TEST_P(KvConformance, LockEndsByTime) {
    auto first = lock("a", std::chrono::milliseconds(400));
    ASSERT_TRUE(first);
    backend_->pass(std::chrono::milliseconds(401));
    EXPECT_FALSE(renew(*first, kLong));
    auto second = lock("a", kLong);
    ASSERT_TRUE(second);
    EXPECT_FALSE(release(*first)) << "a late release must not free the next holder's lock";
    EXPECT_FALSE(renew(*first, kLong));
    EXPECT_FALSE(lock("a", kLong));
    EXPECT_TRUE(release(*second));
}

TEST_P(KvConformance, LockLivesAsLongAsItIsRenewed) {
    auto lease = lock("a", std::chrono::milliseconds(400));
    ASSERT_TRUE(lease);
    EXPECT_TRUE(renew(*lease, kLong));
    backend_->pass(std::chrono::milliseconds(500));
    EXPECT_FALSE(lock("a", kLong));
    EXPECT_TRUE(release(*lease));
}

}  // namespace siahub::kv
