// The Redis implementations do what those in the process do: src/kv/conformance.hpp against the
// server of with_redis.sh, with two I/O threads.
#include "kv/conformance.hpp"

#include "core/random.hpp"
#include "kv/redis_rate_limiter.hpp"
#include "lanes.hpp"

#include <cstdlib>

namespace siahub::kv {
namespace {

RedisOptions shared_server() {
    RedisOptions options;
    const char* url = std::getenv("SIAHUB_REDIS_URL");
    if (url == nullptr) throw std::runtime_error("run this by tests/redis/with_redis.sh");
    options.address = parse_redis_url(url).value();
    // Nothing of these tests is about failure: a slow machine must not look like one.
    options.connect_deadline = options.reply_deadline = std::chrono::seconds(20);
    return options;
}

class RedisBackend final : public Backend {
  public:
    RedisBackend() {
        client_.start();
        lanes_.run(client_.ask(encode_command({"FLUSHDB"}))).value();
    }
    ~RedisBackend() override { client_.stop(); }
    RateLimiter& limiter() override { return limiter_; }
    Cache& cache() override { return cache_; }
    Locks& locks() override { return locks_; }
    void pass(std::chrono::milliseconds time) override { std::this_thread::sleep_for(time); }
    bool run_bool(Task<bool> task) override { return lanes_.run(std::move(task), ++turn_); }
    void run_all(std::vector<Task<bool>> tasks) override {
        std::vector<std::future<bool>> running;
        for (auto& task : tasks)
            running.push_back(lanes_.spawn(std::move(task), ++turn_));
        for (auto& future : running)
            future.get();
    }

  private:
    std::size_t turn_ = 0;
    SystemClock clock_;
    Log log_{Log::Level::off};
    Lanes lanes_{2};
    RedisClient client_{shared_server(), lanes_.executors(), log_};
    RedisRateLimiter limiter_{client_, clock_, 1000};
    RedisCache cache_{client_};
    RedisLocks locks_{client_, clock_};
};

std::unique_ptr<Backend> make_redis() {
    return std::make_unique<RedisBackend>();
}

INSTANTIATE_TEST_SUITE_P(Redis, KvConformance, ::testing::Values(make_redis));

}  // namespace
}  // namespace siahub::kv
