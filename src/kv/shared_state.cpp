#include "kv/shared_state.hpp"

namespace siahub::kv {
namespace {

constexpr std::size_t kLimitedKeys = 16 * 1024;

class LocalState final : public SharedState {
  public:
    explicit LocalState(const Clock& clock) : limiter_(clock, kLimitedKeys), locks_(clock) {}
    RateLimiter& limiter() override { return limiter_; }
    Cache* sessions() override { return nullptr; }
    Locks& locks() override { return locks_; }
    [[nodiscard]] std::optional<RedisStatus> redis() const override { return std::nullopt; }

  private:
    LocalRateLimiter limiter_;
    LocalLocks locks_;
};

class RedisState final : public SharedState {
  public:
    RedisState(const RedisOptions& options, const std::vector<asio::any_io_executor>& executors,
               const Clock& clock, const Log& log)
        : client_(options, executors, log),
          limiter_(client_, clock, kLimitedKeys),
          sessions_(client_),
          locks_(client_, clock) {}
    void start() override { client_.start(); }
    void stop() override { client_.stop(); }
    RateLimiter& limiter() override { return limiter_; }
    Cache* sessions() override { return &sessions_; }
    Locks& locks() override { return locks_; }
    [[nodiscard]] std::optional<RedisStatus> redis() const override { return client_.status(); }

  private:
    RedisClient client_;
    RedisRateLimiter limiter_;
    RedisCache sessions_;
    RedisLocks locks_;
};

}  // namespace

Result<std::unique_ptr<SharedState>> open_shared_state(
    const std::string& redis_url, const std::vector<asio::any_io_executor>& executors,
    const Clock& clock, const Log& log) {
    if (redis_url.empty()) return std::make_unique<LocalState>(clock);
    RedisOptions options;
    options.address = TRY(parse_redis_url(redis_url));
    return std::make_unique<RedisState>(options, executors, clock, log);
}

}  // namespace siahub::kv
