#include "kv/rate_limiter.hpp"

#include <cmath>

namespace siahub::kv {

LocalRateLimiter::LocalRateLimiter(const Clock& clock, std::size_t max_keys)
    : clock_(clock), max_keys_(std::max<std::size_t>(max_keys, 1)) {}

std::optional<std::chrono::milliseconds> LocalRateLimiter::acquire(std::string_view key,
                                                                   const Rate& rate) {
    const auto now = clock_.now();
    const std::scoped_lock guard(mutex_);
    Bucket& found = bucket(key, rate, now);
    // A clock that was set back must not empty the bucket.
    const auto elapsed = std::max<UnixMillis>(now - found.filled_at, 0);
    found.tokens =
        std::min(rate.burst, found.tokens + rate.per_second * static_cast<double>(elapsed) / 1000);
    found.filled_at = now;
    if (found.tokens >= 1) {
        found.tokens -= 1;
        return std::nullopt;
    }
    constexpr double longest_wait_ms = 3'600'000;
    const double wait_ms =
        rate.per_second > 0 ? (1 - found.tokens) * 1000 / rate.per_second : longest_wait_ms;
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::ceil(std::min(wait_ms, longest_wait_ms))));
}

LocalRateLimiter::Bucket& LocalRateLimiter::bucket(std::string_view key, const Rate& rate,
                                                   UnixMillis now) {
    if (const auto known = buckets_.find(key); known != buckets_.end()) {
        recent_.splice(recent_.begin(), recent_, known->second);
        return recent_.front();
    }
    if (buckets_.size() >= max_keys_) {
        buckets_.erase(recent_.back().key);
        recent_.pop_back();
    }
    recent_.push_front({.key = std::string(key), .tokens = rate.burst, .filled_at = now});
    buckets_.emplace(recent_.front().key, recent_.begin());
    return recent_.front();
}

}  // namespace siahub::kv
