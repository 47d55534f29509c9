#include "db/sqlite.hpp"

#include "core/async_mutex.hpp"
#include "core/work_pool.hpp"
#include "db/sqlite_migrator.hpp"
#include "db/sqlite_read_cache.hpp"
#include "db/wait_count.hpp"

#include <mutex>
#include <thread>

namespace siahub::db {
namespace {

using ConnectionPtr = std::unique_ptr<SqliteConnection>;

constexpr std::size_t kReadCacheBytes = 4UL << 20;

struct Read {
    Rows rows;
    std::size_t bytes = 0;  // of memory
};

// A reader is borrowed for the length of one synchronous query, so there are never more readers
// than threads that query.
class Readers {
  public:
    explicit Readers(std::filesystem::path file) : file_(std::move(file)) {}

    Result<Read> query(std::string_view sql, const Params& params) {
        auto reader = TRY(borrow());
        auto rows = reader->query(sql, params);
        const auto bytes = reader->result_bytes();
        {
            const std::scoped_lock guard(mutex_);
            idle_.push_back(std::move(reader));
        }
        return Read{TRY(std::move(rows)), bytes};
    }

  private:
    Result<ConnectionPtr> borrow() {
        {
            const std::scoped_lock guard(mutex_);
            if (!idle_.empty()) {
                auto reader = std::move(idle_.back());
                idle_.pop_back();
                return reader;
            }
        }
        return SqliteConnection::open(file_, SqliteConnection::Role::reader);
    }

    std::filesystem::path file_;
    std::mutex mutex_;
    std::vector<ConnectionPtr> idle_;
};

struct Writer {
    ConnectionPtr connection;
    AsyncMutex mutex;
    WorkPool thread{1};
    std::chrono::milliseconds busy_timeout;
};

class SqliteTransaction final : public Transaction {
  public:
    SqliteTransaction(Writer& writer, AsyncMutex::Lock lock)
        : writer_(writer), lock_(std::move(lock)) {}
    ~SqliteTransaction() override {
        if (!lock_.owns() || !writer_.connection->in_transaction()) return;
        // Rolling back in WAL mode forgets pages and writes nothing: quick enough for any thread.
        if (auto done = writer_.connection->query("ROLLBACK"); !done) std::terminate();
    }
    SqliteTransaction(const SqliteTransaction&) = delete;
    SqliteTransaction& operator=(const SqliteTransaction&) = delete;

    Task<Result<Rows>> query(std::string_view sql, Params params) override {
        CO_TRY(check_open());
        co_return writer_.connection->query(sql, params);
    }

    Task<Result<std::int64_t>> execute_many(std::string_view sql,
                                            std::span<const Params> batch) override {
        CO_TRY(check_open());
        co_return co_await writer_.thread.run(
            [&] { return writer_.connection->execute_many(sql, batch); });
    }

    Task<Result<void>> commit() override {
        CO_TRY(check_open());
        CO_TRY(co_await writer_.thread.run([&] { return writer_.connection->query("COMMIT"); }));
        lock_.release();
        co_return Result<void>{};
    }

  private:
    // SQLite ends a transaction by itself when the disk fails or is full; what came after would be
    // committed statement by statement.
    Result<void> check_open() const {
        if (!lock_.owns()) return fail(Code::internal, "Database: the transaction is over.");
        if (!writer_.connection->in_transaction())
            return fail(Code::unavailable, "Database: the transaction was rolled back.");
        return {};
    }

    Writer& writer_;
    AsyncMutex::Lock lock_;
};

class SqliteDatabase final : public Database {
  public:
    SqliteDatabase(std::filesystem::path file, ConnectionPtr writer, const SqliteOptions& options)
        : readers_(std::move(file)),
          cache_(writer->wal_index(), kReadCacheBytes),
          scan_threads_(options.scan_threads) {
        writer_.connection = std::move(writer);
        writer_.busy_timeout = options.busy_timeout;
    }
    ~SqliteDatabase() override {
        scan_threads_.stop();
        writer_.thread.stop();
    }
    SqliteDatabase(const SqliteDatabase&) = delete;
    SqliteDatabase& operator=(const SqliteDatabase&) = delete;

    Task<Result<Rows>> query(std::string_view sql, Params params, Weight weight) override {
        if (weight == Weight::point) co_return query_through_cache(sql, params);
        auto read = CO_TRY(co_await scan_threads_.run([&] { return readers_.query(sql, params); }));
        co_return std::move(read.rows);
    }

    Task<Result<std::unique_ptr<Transaction>>> begin(Isolation) override {
        const auto asked = std::chrono::steady_clock::now();
        auto lock = co_await writer_.mutex.lock();
        turns_.note(std::chrono::steady_clock::now() - asked);
        writer_.connection->set_busy_timeout(std::chrono::milliseconds(0));
        auto begun = writer_.connection->query("BEGIN IMMEDIATE");
        writer_.connection->set_busy_timeout(writer_.busy_timeout);
        if (!begun && begun.error().code == Code::unavailable) {
            // Another process writes. Wait for it where it holds up nobody else.
            begun = co_await writer_.thread.run(
                [&] { return writer_.connection->query("BEGIN IMMEDIATE"); });
        }
        CO_TRY(std::move(begun));
        co_return std::make_unique<SqliteTransaction>(writer_, std::move(lock));
    }

    [[nodiscard]] DatabaseStats stats() const override {
        return {.connections = 1,
                .in_use = writer_.mutex.locked() ? std::size_t{1} : std::size_t{0},
                .waiting = writer_.mutex.waiting(),
                .taken = turns_.count(),
                .waited_seconds = turns_.seconds(),
                .reads = cache_.stats()};
    }

  private:
    Result<Rows> query_through_cache(std::string_view sql, const Params& params) {
        auto key = SqliteReadCache::key(sql, params);
        const auto before = cache_.snapshot();
        if (before) {
            if (const auto rows = cache_.find(*before, key)) return *rows;
        }
        auto read = TRY(readers_.query(sql, params));
        if (before && cache_.snapshot() == before)
            cache_.store(*before, std::move(key), std::make_shared<const Rows>(read.rows),
                         read.bytes);
        return std::move(read.rows);
    }

    Readers readers_;
    SqliteReadCache cache_;
    Writer writer_;
    WaitCount turns_;
    WorkPool scan_threads_;
};

// Turning on WAL needs the file for a moment alone and does not wait by itself.
Result<ConnectionPtr> open_writer(const std::filesystem::path& file,
                                  std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto writer = SqliteConnection::open(file, SqliteConnection::Role::writer);
        if (writer || writer.error().code != Code::unavailable ||
            std::chrono::steady_clock::now() > deadline)
            return writer;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

}  // namespace

Result<MigrationReport> migrate_sqlite(const std::filesystem::path& file, const Clock& clock) {
    const auto writer = TRY(open_writer(file, SqliteOptions().busy_timeout));
    return migrate(*writer, embedded_migrations(), clock);
}

Result<std::unique_ptr<Database>> open_sqlite(const std::filesystem::path& file, const Clock& clock,
                                              SqliteOptions options) {
    auto writer = TRY(open_writer(file, options.busy_timeout));
    writer->set_busy_timeout(options.busy_timeout);
    TRY(migrate(*writer, embedded_migrations(), clock));
    return std::make_unique<SqliteDatabase>(file, std::move(writer), options);
}

}  // namespace siahub::db
