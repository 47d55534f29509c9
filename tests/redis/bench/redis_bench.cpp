// What Redis costs from one I/O thread, by how many ask at once: run by with_redis.sh.
#include "kv/redis_rate_limiter.hpp"
#include "kv/redis_scripts.hpp"
#include "lanes.hpp"

#include <cstdlib>

#include <benchmark/benchmark.h>

namespace siahub::kv {
namespace {

RedisOptions options() {
    RedisOptions options;
    options.address = parse_redis_url(std::getenv("SIAHUB_REDIS_URL")).value();
    options.connect_deadline = options.reply_deadline = std::chrono::seconds(20);
    return options;
}

struct Process {
    SystemClock clock;
    Log log{Log::Level::warn};
    Lanes lanes{1};
    RedisClient redis{options(), lanes.executors(), log};
    Process() { redis.start(); }
    ~Process() { redis.stop(); }
};

Task<bool> ping(RedisClient& redis) {
    co_return (co_await redis.ask(encode_command({"PING"}))).has_value();
}

Task<bool> turn(RedisClient& redis) {
    std::vector<std::string> words{"siahub:rate:bench", "1000000", "1000", "1"};
    co_return (co_await redis.eval(kTakeTokens, std::move(words))).has_value();
}

Task<bool> repeat(RedisClient& redis, Task<bool> (*once)(RedisClient&), int times) {
    for (int i = 0; i < times; ++i)
        if (!co_await once(redis)) co_return false;
    co_return true;
}

void run(benchmark::State& state, Task<bool> (*once)(RedisClient&)) {
    Process process;
    constexpr int times = 500;
    const auto callers = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        std::vector<std::future<bool>> running;
        for (std::size_t i = 0; i < callers; ++i)
            running.push_back(process.lanes.spawn(repeat(process.redis, once, times)));
        for (auto& caller : running)
            if (!caller.get()) return state.SkipWithError("Redis failed");
    }
    state.SetItemsProcessed(state.iterations() * state.range(0) * times);
}

void pings(benchmark::State& state) {
    run(state, ping);
}
BENCHMARK(pings)->Arg(1)->Arg(8)->Arg(64)->UseRealTime()->MeasureProcessCPUTime();

void turns_of_one_token(benchmark::State& state) {
    run(state, turn);
}
BENCHMARK(turns_of_one_token)->Arg(1)->Arg(8)->Arg(64)->UseRealTime()->MeasureProcessCPUTime();

Task<bool> limited(RateLimiter& limiter, int times) {
    const Rate plenty{.requests = 60'000, .window = std::chrono::seconds(1)};
    for (int i = 0; i < times; ++i)
        if (!limiter.take_now("key:1", plenty)) co_await limiter.take("key:1", plenty);
    co_return true;
}

// As requests do it: a hundredth of the limit at a time.
void turns_of_a_limiter(benchmark::State& state) {
    Process process;
    RedisRateLimiter limiter(process.redis, process.clock, 1000);
    constexpr int times = 10'000;
    for (auto _ : state)
        process.lanes.run(limited(limiter, times));
    state.SetItemsProcessed(state.iterations() * times);
}
BENCHMARK(turns_of_a_limiter)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace siahub::kv
