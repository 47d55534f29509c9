// What a point read and a durable write cost through Database, from one task.

#include "core/run_task.hpp"
#include "core/temp_dir.hpp"
#include "db/sqlite.hpp"

#include <benchmark/benchmark.h>

namespace siahub::db {
namespace {

struct Opened {
    TempDir dir;
    SystemClock clock;
    std::unique_ptr<Database> database = open_sqlite(dir.path() / "bench.db", clock).value();
};

Task<bool> read_times(Database& database, std::int64_t times) {
    for (std::int64_t i = 0; i < times; ++i) {
        const auto rows =
            co_await database.query("SELECT n FROM t WHERE k = $1", {(i * 7919) % 10'000});
        if (!rows || rows->size() != 1) co_return false;
    }
    co_return true;
}

Task<Result<void>> fill(Database& database) {
    CO_TRY(co_await database.execute("CREATE TABLE t (k BIGINT PRIMARY KEY, n BIGINT)"));
    std::vector<Params> batch;
    for (std::int64_t i = 0; i < 10'000; ++i)
        batch.push_back({i, i});
    auto transaction = CO_TRY(co_await database.begin());
    CO_TRY(co_await transaction->execute_many("INSERT INTO t VALUES ($1, $2)", batch));
    co_return co_await transaction->commit();
}

void point_read(benchmark::State& state) {
    const Opened opened;
    if (!run_task(fill(*opened.database))) return state.SkipWithError("fill");
    constexpr std::int64_t batch = 1000;
    for (auto _ : state)
        if (!run_task(read_times(*opened.database, batch))) return state.SkipWithError("read");
    state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(point_read);

void durable_write(benchmark::State& state) {
    const Opened opened;
    if (!run_task(fill(*opened.database))) return state.SkipWithError("fill");
    for (auto _ : state)
        if (!run_task(opened.database->execute("UPDATE t SET n = n + 1 WHERE k = 5")))
            return state.SkipWithError("write");
}
BENCHMARK(durable_write)->UseRealTime();

}  // namespace
}  // namespace siahub::db
