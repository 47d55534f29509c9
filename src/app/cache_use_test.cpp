#include "app/cache_use.hpp"

#include "core/run_task.hpp"
#include "core/temp_dir.hpp"
#include "db/sqlite.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace siahub::app {
namespace {

TEST(CacheUse, WritesWhatWasAddedSinceTheLastTime) {
    const TempDir dir;
    ManualClock clock{1'700'000'000'000};
    const auto database = db::open_sqlite(dir.path() / "hub.db", clock).value();
    const Log log(Log::Level::off);
    CacheStats stats;
    asio::io_context io;
    CacheUse use(io.get_executor(), *database, clock, log, [&stats] { return stats; });
    const auto lines = [&] {
        std::vector<std::pair<std::string, std::int64_t>> found;
        for (const auto& row :
             run_task(database->query("SELECT event, count FROM usage_log ORDER BY id")).value())
            found.emplace_back(row.text(0), row.integer(1));
        std::ranges::sort(found);
        return found;
    };
    ASSERT_TRUE(run_task(use.write()));
    EXPECT_TRUE(lines().empty());
    stats.hits = 5;
    ASSERT_TRUE(run_task(use.write()));
    clock.advance(60'000);
    stats.hits = 7;
    stats.misses = 1;
    ASSERT_TRUE(run_task(use.write()));
    const std::vector<std::pair<std::string, std::int64_t>> expected = {
        {"cache_hit", 2}, {"cache_hit", 5}, {"cache_miss", 1}};
    EXPECT_EQ(lines(), expected);
}

}  // namespace
}  // namespace siahub::app
