#pragma once
// Sees to it that a recent snapshot of the catalogue is on Sia: after so much time, sooner when
// much has been pinned, and when somebody asks. One process of a hub does it at a time, under the
// lease "catalogue". A failure is tried again after a pause that grows.
//
// run() and take() are tasks on one executor; stop() and status() may be called from any thread.

#include "backup/remote_writer.hpp"
#include "db/lease.hpp"

#include <functional>
#include <mutex>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

namespace siahub::app {

struct KeeperOptions {
    std::chrono::milliseconds every{0};
    std::int64_t after = 0;  // pinned bodies
    std::size_t keep = 0;
    std::string holder;  // of the lease: names this process among all
};

struct KeeperStatus {
    UnixMillis newest_at = 0;   // when the rows of the newest snapshot were read; 0: none is known
    UnixMillis checked_at = 0;  // when the hub was last found, or made, to be as in it
    UnixMillis failing_since = 0;
    std::string last_error;
    std::uint64_t taken = 0, failed = 0, stored_bytes = 0;  // since the process began
    backup::RemoteReport last;                              // of the last that was taken
    bool is_running = false;
};

class CatalogueKeeper {
  public:
    // Everything outlives the keeper. `pinned`: how many bodies are on Sia, as far as is known.
    CatalogueKeeper(const asio::any_io_executor& executor, db::Database& database,
                    backup::RemoteSources sources, KeeperOptions options,
                    std::function<std::int64_t()> pinned);

    // Spawn it in a TaskGroup.
    Task<void> run();
    // run() ends soon; a snapshot is broken off.
    void stop();
    // Now; waits for another process that is at it.
    Task<Result<backup::RemoteReport>> take();
    [[nodiscard]] KeeperStatus status() const;

  private:
    using Report = backup::RemoteReport;

    Task<void> loop();
    Task<void> turn();
    Task<Result<void>> look();
    [[nodiscard]] bool is_due() const;
    // Nothing when another process holds the lease.
    Task<Result<std::optional<Report>>> attempt();
    Task<void> keep_lease();
    void note(const Result<std::optional<Report>>& outcome);
    Task<void> sleep(std::chrono::milliseconds time);

    const backup::RemoteSources sources_;
    const KeeperOptions options_;
    const std::function<std::int64_t()> pinned_;
    asio::any_io_executor executor_;
    asio::steady_timer timer_;
    asio::cancellation_signal cancel_;
    db::Lease lease_;
    backup::RemoteShelf shelf_;
    backup::RemoteWriter writer_;
    const UnixMillis began_at_;
    UnixMillis next_try_ = 0;
    std::int64_t failures_in_a_row_ = 0;
    std::int64_t pinned_then_ = 0;  // when it was last checked
    bool looked_ = false, stopped_ = false;
    mutable std::mutex mutex_;
    KeeperStatus status_;  // guarded by mutex_
};

}  // namespace siahub::app
