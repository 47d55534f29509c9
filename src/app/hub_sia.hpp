#pragma once
// Sia in a process that keeps bodies (serve, cas): pins what lies on this node's disk, frees the
// disk, reads back what was freed, keeps a snapshot of the catalogue there, and watches how it
// goes. Made before the server starts and destroyed after it stopped, on the main thread; start()
// and stop() in between.

#include "app/catalogue_keeper.hpp"
#include "app/sia_health.hpp"
#include "core/metrics.hpp"
#include "core/task_group.hpp"
#include "http/readiness.hpp"
#include "store/disk_cache.hpp"
#include "store/evictor.hpp"
#include "store/pin_worker.hpp"
#include "store/remote_origin.hpp"
#include "store/store.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

namespace siahub::app {

class HubSia {
  public:
    // Null where no indexd is configured. Everything outlives this.
    static Result<std::unique_ptr<HubSia>> open(const config::Config& config, store::Store& store,
                                                const asio::any_io_executor& executor);
    HubSia(const config::Config& config, store::Store& store, const asio::any_io_executor& executor,
           std::unique_ptr<SiaLink> link);

    // The tasks run in `tasks`, whose wait() comes after stop().
    void start(TaskGroup& tasks);
    void stop();
    // Returns when these xorbs are pinned; unavailable when the process ends before.
    Task<Result<void>> until_pinned(std::vector<xet::Hash> xorbs);
    void add_metrics(Metrics& metrics) const;

    struct Queue {
        std::map<std::string, store::PinCount> by_state;
    };
    [[nodiscard]] Queue queue() const;
    [[nodiscard]] SiaFinding finding() const;
    [[nodiscard]] store::PinStatus pinning() const { return worker_.status(); }
    [[nodiscard]] KeeperStatus snapshots() const { return keeper_.status(); }
    // Of what is read back.
    [[nodiscard]] CacheStats cache_stats() const { return cache_->stats(); }
    [[nodiscard]] SiaLink& link() { return *link_; }
    [[nodiscard]] store::Store& store() { return store_; }

  private:
    Task<void> run_watch();
    Task<void> watch();
    Task<void> every_turn();
    Task<void> every_day();
    void report(std::string_view what, const Result<void>& outcome) const;
    [[nodiscard]] std::int64_t pinned_xorbs() const;

    store::Store& store_;
    asio::any_io_executor executor_;
    asio::steady_timer timer_;
    asio::cancellation_signal cancel_;  // of watch()
    std::unique_ptr<SiaLink> link_;
    SiaHealth health_;
    store::RemoteOrigin origin_;
    std::unique_ptr<store::DiskCache> cache_;
    store::PinWorker worker_;
    store::Evictor evictor_;
    CatalogueKeeper keeper_;
    mutable std::mutex mutex_;
    Queue queue_;  // guarded by mutex_
    std::atomic<bool> stopped_ = false;
};

// "sia" of /ready.
http::Readiness::Check sia_check(const HubSia& sia);

}  // namespace siahub::app
