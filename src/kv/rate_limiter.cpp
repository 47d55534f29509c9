#include "kv/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace siahub::kv {
namespace {

std::chrono::milliseconds whole_millis(double millis) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(millis)));
}

}  // namespace

Turn LocalRateLimiter::take_here(std::string_view key, const Rate& rate) {
    const auto now = clock_.now();
    const double full = rate.requests;
    const double per_milli =
        full / static_cast<double>(std::max<std::int64_t>(rate.window.count(), 1));
    return buckets_.update(
        key, [&] { return Bucket{full, now}; },
        [&](Bucket& bucket) -> Turn {
            // A clock that was set back must not empty the bucket.
            const auto elapsed =
                static_cast<double>(std::max<UnixMillis>(now - bucket.filled_at, 0));
            bucket.tokens = std::min(full, bucket.tokens + elapsed * per_milli);
            bucket.filled_at = now;
            if (bucket.tokens < 1) return {false, 0, whole_millis((1 - bucket.tokens) / per_milli)};
            bucket.tokens -= 1;
            return {true, static_cast<std::uint32_t>(bucket.tokens),
                    whole_millis((full - bucket.tokens) / per_milli)};
        });
}

}  // namespace siahub::kv
