#pragma once
// Counts in the background what takes too long to be counted while somebody waits
// (hub/long_count.hpp). Apart from housekeeping, whose turns may not wait for it. Every process
// looks; who finds that another one has counted takes that. Failures are logged and tried again.

#include "app/hub_services.hpp"

#include <boost/asio/steady_timer.hpp>

namespace siahub::app {

class CountKeeper {
  public:
    // Runs on `executor`'s thread; everything outlives it.
    CountKeeper(const asio::any_io_executor& executor, HubServices& hub, const Log& log)
        : timer_(executor), hub_(hub), log_(log) {}

    // Spawn it in a TaskGroup; ends soon after stop().
    Task<void> run();
    // On any thread.
    void stop();

  private:
    void report(std::string_view what, const Result<void>& outcome) const;

    asio::steady_timer timer_;
    HubServices& hub_;
    const Log& log_;
    std::atomic<bool> stopped_ = false;
};

}  // namespace siahub::app
