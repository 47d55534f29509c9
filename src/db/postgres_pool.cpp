#include "db/postgres_pool.hpp"

#include <boost/asio/steady_timer.hpp>

namespace siahub::db {
namespace {

constexpr std::chrono::milliseconds kFirstBackOff{50};
constexpr std::chrono::milliseconds kLongestBackOff{1'000};
// The server gets the chance to say itself that a statement took too long.
constexpr std::chrono::milliseconds kGrace{5'000};

std::chrono::milliseconds silence_limit(const PostgresOptions& options) {
    const auto limit = options.statement_timeout;
    return limit.count() == 0 ? limit : limit + std::min(kGrace, limit);
}

}  // namespace

PostgresPool::Lease::~Lease() {
    if (connection_) pool_->give_back(std::move(connection_));
}

PostgresPool::PostgresPool(PostgresConnector connector, const PostgresOptions& options,
                           const Log& log)
    : connector_(std::move(connector)),
      options_(options),
      log_(log),
      silence_(silence_limit(options)),
      size_(std::max<std::size_t>(options.connections, 2)),
      permits_(size_) {}

PostgresPool::~PostgresPool() {
    connecting_.stop();
}

Task<Result<PostgresPool::Lease>> PostgresPool::acquire() {
    Lease lease;
    lease.pool_ = this;
    const auto asked = Clock::now();
    lease.permit_ = co_await permits_.acquire();
    waits_.note(Clock::now() - asked);
    lease.connection_ = take_idle();
    if (!lease.connection_) CO_TRY(co_await renew(lease));
    co_return lease;
}

Task<Result<void>> PostgresPool::renew(Lease& lease) {
    if (lease.connection_) {
        log_.warn("database.connection_lost", {{"cause", lease.connection_->cause()}});
        lease.connection_.reset();
        std::vector<ConnectionPtr> stale;
        const std::scoped_lock guard(mutex_);
        stale.swap(idle_);
    }
    lease.connection_ = CO_TRY(co_await connect());
    lease.is_fresh_ = true;
    co_return Result<void>{};
}

DatabaseStats PostgresPool::stats() const {
    return {.connections = size_,
            .in_use = size_ - permits_.free(),
            .waiting = permits_.waiting(),
            .taken = waits_.count(),
            .waited_seconds = waits_.seconds(),
            .reads = {}};
}

// The one that others left warm; those that a restart of the server killed are sorted out.
PostgresPool::ConnectionPtr PostgresPool::take_idle() {
    for (;;) {
        ConnectionPtr connection;
        {
            const std::scoped_lock guard(mutex_);
            if (idle_.empty()) return nullptr;
            connection = std::move(idle_.back());
            idle_.pop_back();
        }
        if (!connection->is_stale()) return connection;
    }
}

// One attempt at a time for the whole process, ever more seldom. Once the server has been away for
// longer than callers are patient, they fail at once, and one of them tries now and then.
Task<Result<PostgresPool::ConnectionPtr>> PostgresPool::connect() {
    for (;;) {
        auto connection = co_await connecting_.run([this] { return try_to_connect(); });
        if (connection) co_return connection;
        Clock::time_point retry_at;
        {
            const std::scoped_lock guard(mutex_);
            if (!down_since_ || Clock::now() - *down_since_ >= options_.patience)
                co_return connection;
            retry_at = not_before_;
        }
        asio::steady_timer pause(co_await asio::this_coro::executor, retry_at);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

Result<PostgresPool::ConnectionPtr> PostgresPool::try_to_connect() {
    const auto unreachable = [] {
        return fail(Code::unavailable, "Database: the server cannot be reached; try again later.");
    };
    {
        const std::scoped_lock guard(mutex_);
        if (down_since_ && Clock::now() < not_before_) return unreachable();
    }
    auto handle = connector_.connect();
    auto connection = handle ? PostgresConnection::adopt(*std::move(handle), silence_)
                             : Result<ConnectionPtr>(std::unexpected(handle.error()));
    const std::scoped_lock guard(mutex_);
    if (connection) {
        if (down_since_) log_.info("database.reachable_again");
        down_since_.reset();
        back_off_ = {};
        return connection;
    }
    if (!down_since_) down_since_ = Clock::now();
    back_off_ = std::clamp(2 * back_off_, kFirstBackOff, kLongestBackOff);
    not_before_ = Clock::now() + back_off_;
    log_.warn("database.unreachable", {{"cause", connection.error().message}});
    return unreachable();
}

void PostgresPool::give_back(ConnectionPtr connection) noexcept {
    if (connection->is_lost())
        log_.warn("database.connection_lost", {{"cause", connection->cause()}});
    if (!connection->usable()) return;
    if (connection->in_transaction() && !connection->abandon_transaction()) return;
    const std::scoped_lock guard(mutex_);
    idle_.push_back(std::move(connection));
}

}  // namespace siahub::db
