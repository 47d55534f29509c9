#pragma once
// What one process of a hub has of Redis, for tests that need two of them or break the server.

#include "kv/cache.hpp"
#include "kv/locks.hpp"
#include "kv/redis_rate_limiter.hpp"
#include "lanes.hpp"
#include "redis_server.hpp"

#include <gtest/gtest.h>

namespace siahub::kv {

inline RedisOptions options_of(const RedisServer& server) {
    RedisOptions options;
    options.address = parse_redis_url(server.url()).value();
    return options;
}

class HubProcess {
  public:
    explicit HubProcess(RedisOptions options, std::size_t threads = 2)
        : lanes_(threads), redis_(std::move(options), lanes_.executors(), log_) {
        redis_.start();
    }
    ~HubProcess() { redis_.stop(); }

    RedisClient& redis() { return redis_; }
    RedisRateLimiter& limiter() { return limiter_; }
    RedisCache& cache() { return cache_; }
    RedisLocks& locks() { return locks_; }
    Lanes& lanes() { return lanes_; }

    // Number of turns allowed out of `tries`.
    int take(const std::string& key, const Rate& rate, int tries) {
        return lanes_.run(take_many(limiter_, key, rate, tries));
    }
    Result<Reply> ask(std::initializer_list<std::string_view> words) {
        return lanes_.run(redis_.ask(encode_command(words)));
    }
    // False when it does not happen within `limit`.
    bool becomes_usable(bool usable, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
        const auto until = std::chrono::steady_clock::now() + limit;
        while (redis_.usable() != usable) {
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }

  private:
    static Task<int> take_many(RateLimiter& limiter, std::string key, Rate rate, int tries) {
        int allowed = 0;
        for (int i = 0; i < tries; ++i) {
            const auto now = limiter.take_now(key, rate);
            const auto turn = now ? *now : co_await limiter.take(key, rate);
            allowed += turn.allowed ? 1 : 0;
        }
        co_return allowed;
    }

    SystemClock clock_;
    Log log_{Log::Level::off};
    Lanes lanes_;
    RedisClient redis_;
    RedisRateLimiter limiter_{redis_, clock_, 1000};
    RedisCache cache_{redis_};
    RedisLocks locks_{redis_, clock_};
};

}  // namespace siahub::kv
