#pragma once
// The connections of one process to PostgreSQL, made when they are first needed. Thread-safe; a
// lease belongs to the task that took it. Outlives its leases and the tasks that wait for one.

#include "core/async_semaphore.hpp"
#include "core/log.hpp"
#include "core/work_pool.hpp"
#include "db/postgres_connection.hpp"
#include "db/postgres_connector.hpp"
#include "db/silence_watch.hpp"
#include "db/wait_count.hpp"

#include <mutex>

namespace siahub::db {

class PostgresPool {
  public:
    // A connection until it is destroyed; then it goes back, if nothing was left unfinished on it.
    class Lease {
      public:
        Lease() = default;
        Lease(Lease&& other) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease();

        PostgresConnection* operator->() const { return connection_.get(); }
        // Made for this lease, so it cannot have gone stale.
        [[nodiscard]] bool is_fresh() const { return is_fresh_; }

      private:
        friend class PostgresPool;
        PostgresPool* pool_ = nullptr;
        AsyncSemaphore::Permit permit_;
        std::unique_ptr<PostgresConnection> connection_;
        bool is_fresh_ = false;
    };

    PostgresPool(PostgresConnector connector, const PostgresOptions& options, const Log& log);
    ~PostgresPool();
    PostgresPool(const PostgresPool&) = delete;
    PostgresPool& operator=(const PostgresPool&) = delete;

    Task<Result<Lease>> acquire();
    // The lease's connection turned out to be dead. So are, most likely, all that idle: takes a new
    // one in its place.
    Task<Result<void>> renew(Lease& lease);

    [[nodiscard]] DatabaseStats stats() const;

  private:
    using Clock = std::chrono::steady_clock;
    using ConnectionPtr = std::unique_ptr<PostgresConnection>;

    ConnectionPtr take_idle();
    Task<Result<ConnectionPtr>> connect();
    Result<ConnectionPtr> try_to_connect();
    void give_back(ConnectionPtr connection) noexcept;

    const PostgresConnector connector_;
    const PostgresOptions options_;
    const Log& log_;
    SilenceWatch silence_;
    const std::size_t size_;
    AsyncSemaphore permits_;
    WaitCount waits_;
    WorkPool connecting_{1};

    std::mutex mutex_;
    std::vector<ConnectionPtr> idle_;
    std::optional<Clock::time_point> down_since_;
    Clock::time_point not_before_;  // the next attempt, while the server is down
    std::chrono::milliseconds back_off_{0};
};

}  // namespace siahub::db
