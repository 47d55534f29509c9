#pragma once
// Counts in the background what takes too long to be counted while somebody waits
// (hub/long_count.hpp), finds out which repositories have become safe (store/durability.hpp) and
// adds the lines of the usage log to its sums (hub/usage_days.hpp).
// Apart from housekeeping, whose turns may not wait for it. Every process looks at figures, and who
// finds that another one has counted takes that; the rest is done by whoever holds the lease
// "counts". Failures are logged and tried again.

#include "app/hub_services.hpp"
#include "db/lease.hpp"
#include "hub/usage_days.hpp"
#include "store/durability.hpp"

#include <boost/asio/steady_timer.hpp>

namespace siahub::app {

class CountKeeper {
  public:
    // Runs on `executor`'s thread; everything outlives it.
    // `is_one_of_many`: other processes share the database.
    CountKeeper(const asio::any_io_executor& executor, HubServices& hub, bool is_one_of_many,
                const Log& log);

    // Spawn it in a TaskGroup; ends soon after stop().
    Task<void> run();
    // On any thread.
    void stop();

  private:
    Task<void> shared_work();
    Task<void> settle();
    Task<void> sum_up();
    Task<bool> is_ours();
    // Whether there is more to do.
    bool worked(std::string_view what, const Result<bool>& outcome) const;
    void report(std::string_view what, const Result<void>& outcome) const;

    asio::steady_timer timer_;
    HubServices& hub_;
    const Log& log_;
    std::optional<db::Lease> lease_;
    store::Durability durability_;
    hub::UsageDays usage_days_;
    db::Lease::Time sums_due_;
    std::atomic<bool> stopped_ = false;
};

}  // namespace siahub::app
