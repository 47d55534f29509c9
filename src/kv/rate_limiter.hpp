#pragma once
// Rate limits: a token bucket per key ("key:42", "anonymous:203.0.113.7"). Limits protect the hub
// and are not accounting: they may be forgotten, and then everybody has a full bucket. Thread-safe.

#include "core/clock.hpp"
#include "core/task.hpp"
#include "kv/lru_map.hpp"
#include "kv/rate.hpp"

#include <optional>
#include <string_view>

namespace siahub::kv {

class RateLimiter {
  public:
    virtual ~RateLimiter() = default;
    // Takes a token, when that can be settled without waiting for anybody: always in this process,
    // most of the time with Redis. nullopt: take() has to ask. `rate` has a limit and a window.
    virtual std::optional<Turn> take_now(std::string_view key, const Rate& rate) = 0;
    // Takes a token. Never fails.
    virtual Task<Turn> take(std::string_view key, const Rate& rate) = 0;
};

// In this process. Remembers about `max_keys`, forgetting the ones used longest ago.
class LocalRateLimiter final : public RateLimiter {
  public:
    LocalRateLimiter(const Clock& clock, std::size_t max_keys)
        : clock_(clock), buckets_(max_keys) {}

    Turn take_here(std::string_view key, const Rate& rate);
    std::optional<Turn> take_now(std::string_view key, const Rate& rate) override {
        return take_here(key, rate);
    }
    Task<Turn> take(std::string_view key, const Rate& rate) override {
        co_return take_here(key, rate);
    }

  private:
    struct Bucket {
        double tokens = 0;
        UnixMillis filled_at = 0;
    };

    const Clock& clock_;
    LruMap<Bucket> buckets_;
};

}  // namespace siahub::kv
