// What a limit costs a request when nobody has to be asked, and what a reply costs to parse.
#include "kv/rate_limiter.hpp"
#include "kv/resp.hpp"

#include <benchmark/benchmark.h>

namespace siahub::kv {
namespace {

constexpr Rate kPlenty{.requests = 1'000'000'000, .window = std::chrono::seconds(1)};

void local_turn(benchmark::State& state) {
    static const SystemClock clock;
    static LocalRateLimiter limiter(clock, 16 * 1024);
    const auto key = "key:" + std::to_string(1'000'000'000'000'000 + state.thread_index());
    for (auto _ : state)
        benchmark::DoNotOptimize(limiter.take_now(key, kPlenty));
}
BENCHMARK(local_turn)->Threads(1)->Threads(2);

void local_turn_of_many_keys(benchmark::State& state) {
    const SystemClock clock;
    LocalRateLimiter limiter(clock, 16 * 1024);
    std::vector<std::string> keys;
    for (int i = 0; i < 10'000; ++i)
        keys.push_back("key:" + std::to_string(i));
    std::size_t turn = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(limiter.take_now(keys[++turn % keys.size()], kPlenty));
}
BENCHMARK(local_turn_of_many_keys);

void parse_replies(benchmark::State& state) {
    std::string bytes;
    for (int i = 0; i < 64; ++i)
        bytes += "*3\r\n:600\r\n:59400\r\n:1000\r\n";
    RespParser parser;
    for (auto _ : state) {
        parser.feed(bytes);
        while (*parser.next()) {
        }
    }
    state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(parse_replies);

}  // namespace
}  // namespace siahub::kv
