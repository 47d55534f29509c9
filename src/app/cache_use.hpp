#pragma once
// Notes how often a process answered reads of what lies elsewhere out of its cache: once a minute a
// line of usage_log for the hits since then and one for the misses, where there were any. Used on
// one executor; stop() from any thread, and whoever spawned run() waits for its end.

#include "core/cache_stats.hpp"
#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"
#include "db/database.hpp"

#include <functional>

#include <boost/asio/steady_timer.hpp>

namespace siahub::app {

class CacheUse {
  public:
    using Stats = std::function<CacheStats()>;
    CacheUse(const asio::any_io_executor& executor, db::Database& database, const Clock& clock,
             const Log& log, Stats stats)
        : timer_(executor),
          database_(database),
          clock_(clock),
          log_(log),
          stats_(std::move(stats)) {}

    Task<void> run();
    void stop();
    // What has not been written yet.
    Task<Result<void>> write();

  private:
    Task<Result<void>> write_line(std::string_view event, std::uint64_t count);

    asio::steady_timer timer_;
    db::Database& database_;
    const Clock& clock_;
    const Log& log_;
    Stats stats_;
    std::uint64_t hits_ = 0, misses_ = 0;  // written
    bool stopped_ = false;
};

}  // namespace siahub::app
