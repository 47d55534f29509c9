#pragma once
// Rate limits that several processes share through Redis. Without Redis: those of this process.
//
// Not every request asks Redis. A process takes tokens for a key a hundredth of the limit at a
// time and spends them here; and it remembers until when a key is refused, so that a flood of
// requests beyond the limit stays here too. What a process holds is never lost while the key is in
// use, so the limit is exact but for the hundredth that each process may have in hand.

#include "kv/rate_limiter.hpp"
#include "kv/redis_client.hpp"

namespace siahub::kv {

class RedisRateLimiter final : public RateLimiter {
  public:
    RedisRateLimiter(RedisClient& redis, const Clock& clock, std::size_t max_keys);

    std::optional<Turn> take_now(std::string_view key, const Rate& rate) override;
    Task<Turn> take(std::string_view key, const Rate& rate) override;

  private:
    // What this process knows of a bucket.
    struct Purse {
        std::uint32_t tokens = 0;  // taken from Redis, not spent yet
        std::uint32_t left = 0;    // in Redis, when we last asked
        UnixMillis asked_at = 0;
        std::chrono::milliseconds reset{0};  // from asked_at
        bool refused = false;
        bool asking = false;  // somebody is fetching a share already
    };
    std::optional<Turn> take_from(Purse& purse, const Rate& rate, UnixMillis now) const;
    std::uint32_t amount_to_ask(std::string_view key, const Rate& rate);
    Turn note(std::string_view key, std::uint32_t taken, std::uint32_t left,
              std::chrono::milliseconds reset);

    RedisClient& redis_;
    const Clock& clock_;
    LocalRateLimiter fallback_;
    LruMap<Purse> purses_;
};

}  // namespace siahub::kv
