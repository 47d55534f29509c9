// What counting costs the requests that are counted.

#include "core/temp_dir.hpp"
#include "db/sqlite.hpp"
#include "hub/traffic.hpp"

#include <benchmark/benchmark.h>

namespace siahub::hub {
namespace {

struct Counting {
    TempDir dir;
    SystemClock clock;
    std::unique_ptr<db::Database> database =
        db::open_sqlite(dir.path() / "bench.db", clock).value();
    Traffic traffic{*database, clock};
};

// HEAD resolve of a client that was counted already: nearly every one.
void repeated_visit(benchmark::State& state) {
    Counting counting;
    for (auto _ : state)
        counting.traffic.visit(1, 0, "192.168.100.200");
}

void sent_bytes(benchmark::State& state) {
    Counting counting;
    for (auto _ : state)
        counting.traffic.sent(1, 2, 100);
}

BENCHMARK(repeated_visit);
BENCHMARK(sent_bytes);

}  // namespace
}  // namespace siahub::hub
