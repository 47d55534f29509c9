#pragma once
// How often a caller may do something: a token bucket per key ("ip:203.0.113.7", "key:42").

#include "core/clock.hpp"

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace siahub::kv {

struct Rate {
    double per_second = 0;
    double burst = 0;  // tokens of a full bucket
};

class RateLimiter {
  public:
    virtual ~RateLimiter() = default;
    // Takes a token, or says how long to wait for the next one.
    virtual std::optional<std::chrono::milliseconds> acquire(std::string_view key,
                                                             const Rate& rate) = 0;
};

// In this process. Remembers at most `max_keys`, forgetting the one used longest ago. Thread-safe.
class LocalRateLimiter final : public RateLimiter {
  public:
    LocalRateLimiter(const Clock& clock, std::size_t max_keys);
    std::optional<std::chrono::milliseconds> acquire(std::string_view key,
                                                     const Rate& rate) override;

  private:
    struct Bucket {
        std::string key;
        double tokens = 0;
        UnixMillis filled_at = 0;
    };
    Bucket& bucket(std::string_view key, const Rate& rate, UnixMillis now);

    const Clock& clock_;
    std::size_t max_keys_;
    std::mutex mutex_;
    std::list<Bucket> recent_;  // newest first; keys of the map view into it
    std::unordered_map<std::string_view, std::list<Bucket>::iterator> buckets_;
};

}  // namespace siahub::kv
