#pragma once
// What the hub does by the clock: writes down what was downloaded and when keys were used, collects
// abandoned uploads, counts what is trending. What concerns all processes of a hub is done by the
// one that holds the lease "housekeeping". Failures are logged and tried again at the next turn.

#include "app/hub_services.hpp"
#include "db/lease.hpp"

#include <boost/asio/steady_timer.hpp>

namespace siahub::app {

class Housekeeping {
  public:
    // Runs on `executor`'s thread; everything outlives it.
    // `node_url`: how the other nodes reach this one; empty: there are no others.
    Housekeeping(const asio::any_io_executor& executor, HubServices& hub, std::string node_url,
                 const Clock& clock, const Log& log);

    // Spawn it in a TaskGroup; ends soon after stop(), having written down what there was.
    Task<void> run();
    // On any thread.
    void stop();

  private:
    Task<void> every_turn();
    Task<void> every_minute();
    Task<void> every_hour();
    Task<void> shared_work();
    Task<bool> is_ours();
    void report(std::string_view what, const Result<void>& outcome) const;

    asio::steady_timer timer_;
    HubServices& hub_;
    std::string node_url_;
    const Clock& clock_;
    const Log& log_;
    std::optional<db::Lease> lease_;
    db::Lease::Time shared_work_due_;
    bool stopped_ = false;
};

}  // namespace siahub::app
