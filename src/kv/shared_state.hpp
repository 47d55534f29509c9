#pragma once
// The small state that the processes of a hub share, or that a single one has for itself: limits,
// sessions, locks. All of it may be lost. Owned by the program's wiring; open, start() once the
// executors run, stop() before they end.

#include "kv/cache.hpp"
#include "kv/locks.hpp"
#include "kv/redis_client.hpp"
#include "kv/redis_rate_limiter.hpp"

namespace siahub::kv {

class SharedState {
  public:
    virtual ~SharedState() = default;
    virtual void start() {}
    virtual void stop() {}
    virtual RateLimiter& limiter() = 0;
    // Null when nothing is shared: a cache in this process would only repeat others.
    virtual Cache* sessions() = 0;
    virtual Locks& locks() = 0;
    // nullopt: there is no Redis to ask for its health.
    [[nodiscard]] virtual std::optional<RedisStatus> redis() const = 0;
};

// `redis_url` empty: in this process. Errors: invalid_argument.
Result<std::unique_ptr<SharedState>> open_shared_state(
    const std::string& redis_url, const std::vector<asio::any_io_executor>& executors,
    const Clock& clock, const Log& log);

}  // namespace siahub::kv
