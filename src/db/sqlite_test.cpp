#include "db/sqlite.hpp"

#include "core/run_task.hpp"
#include "core/temp_dir.hpp"
#include "db/sqlite_migrator.hpp"

#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

namespace siahub::db {
namespace {

class SqliteTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "test.db"; }
    std::unique_ptr<Database> open() { return open_sqlite(file(), clock_).value(); }
    static Rows rows(Database& database, std::string_view sql, Params params = {}) {
        return run_task(database.execute(sql, std::move(params))).value();
    }

    TempDir dir_;
    SystemClock clock_;
};

Task<Result<void>> increment(Database& database) {
    auto transaction = CO_TRY(co_await database.begin());
    const auto found = CO_TRY(co_await transaction->query("SELECT n FROM counter"));
    const std::int64_t next = found.at(0).integer(0) + 1;
    CO_TRY(co_await transaction->query("UPDATE counter SET n = $1", {next}));
    co_return co_await transaction->commit();
}

Task<Result<void>> increment_times(Database& database, int times) {
    for (int i = 0; i < times; ++i) {
        CO_TRY(co_await increment(database));
        CO_TRY(co_await database.query("SELECT n FROM counter"));
    }
    co_return Result<void>{};
}

void increment_from_threads(std::span<Database* const> databases, int times) {
    std::vector<std::jthread> threads;
    for (Database* database : databases) {
        threads.emplace_back([database, times] {
            EXPECT_TRUE(run_task(increment_times(*database, times)).has_value());
        });
    }
}

TEST_F(SqliteTest, BindsParametersByTheirNumberAndKeepsTypesApart) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT, b TEXT, c BYTEA, d BYTEA, e BYTEA, f TEXT)");
    const Bytes blob{std::byte{0}, std::byte{1}};
    rows(*database, "INSERT INTO t (b, a, c, d, e, f) VALUES ($2, $1, $3, $4, $5, $6)",
         {std::int64_t{7}, "seven", ByteView(blob), ByteView(), nullptr, std::string_view()});
    const auto found = rows(*database, "SELECT a, b, c, d, e, f FROM t WHERE b = $2 AND a = $1",
                            {std::int64_t{7}, "seven"});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].integer(0), 7);
    EXPECT_EQ(found[0].text(1), "seven");
    EXPECT_EQ(found[0].blob(2), blob);
    EXPECT_EQ(found[0].blob(3), Bytes{});
    EXPECT_TRUE(found[0].is_null(4));
    EXPECT_EQ(found[0].text(5), "");
    EXPECT_THROW((void)found[0].text(0), std::bad_variant_access);
}

TEST_F(SqliteTest, RefusesTooFewParametersAndForeignPlaceholders) {
    auto database = open();
    EXPECT_EQ(run_task(database->query("SELECT $2", {std::int64_t{1}})).error().code,
              Code::internal);
    EXPECT_EQ(run_task(database->query("SELECT ?", {std::int64_t{1}})).error().code,
              Code::internal);
    EXPECT_EQ(run_task(database->query("SELEC")).error().code, Code::internal);
}

TEST_F(SqliteTest, ReadersCannotWrite) {
    auto database = open();
    EXPECT_FALSE(run_task(database->query("CREATE TABLE t (a BIGINT)")).has_value());
}

TEST_F(SqliteTest, ViolatedConstraintIsAConflict) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY)");
    rows(*database, "INSERT INTO t VALUES (1)");
    EXPECT_EQ(run_task(database->execute("INSERT INTO t VALUES (1)")).error().code, Code::conflict);
    rows(*database, "INSERT INTO t VALUES (2)");
    EXPECT_EQ(rows(*database, "SELECT a FROM t").size(), 2U);
}

Task<Result<std::int64_t>> insert_and_drop(Database& database) {
    auto transaction = CO_TRY(co_await database.begin());
    CO_TRY(co_await transaction->query("INSERT INTO t VALUES (1)"));
    const auto own = CO_TRY(co_await transaction->query("SELECT a FROM t"));
    const auto others = CO_TRY(co_await database.query("SELECT a FROM t"));
    co_return static_cast<std::int64_t>(own.size() * 10 + others.size());
}

TEST_F(SqliteTest, DroppedTransactionIsRolledBackAndReadsItsOwnWrites) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY)");
    EXPECT_EQ(run_task(insert_and_drop(*database)).value(), 10);
    EXPECT_TRUE(rows(*database, "SELECT a FROM t").empty());
    rows(*database, "INSERT INTO t VALUES (1)");
}

Task<void> hold_forever(Database& database, bool& holding) {
    auto transaction = (co_await database.begin()).value();
    (void)(co_await transaction->query("INSERT INTO t VALUES (1)")).value();
    holding = true;
    asio::steady_timer never(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
}

TEST_F(SqliteTest, TaskDestroyedInTheMiddleLeavesTheWriterClean) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY)");
    bool holding = false;
    {
        asio::io_context context;
        asio::co_spawn(context, hold_forever(*database, holding), asio::detached);
        while (!holding)
            context.run_one();
    }
    EXPECT_TRUE(rows(*database, "SELECT a FROM t").empty());
    rows(*database, "INSERT INTO t VALUES (1)");
}

Task<void> try_to_begin(Database& database, bool& began) {
    began = (co_await database.begin()).has_value();
}

TEST_F(SqliteTest, CancelledWaiterLeavesTheQueue) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY)");
    bool holding = false;
    bool began = false;
    bool aborted = false;
    {
        asio::io_context context;
        asio::co_spawn(context, hold_forever(*database, holding), asio::detached);
        while (!holding)
            context.run_one();
        asio::cancellation_signal cancel;
        asio::co_spawn(
            context, try_to_begin(*database, began),
            asio::bind_cancellation_slot(
                cancel.slot(), [&](const std::exception_ptr& e) { aborted = e != nullptr; }));
        context.poll();
        EXPECT_FALSE(began || aborted);
        cancel.emit(asio::cancellation_type::terminal);
        context.poll();
        EXPECT_TRUE(aborted);
    }
    EXPECT_FALSE(began);
    rows(*database, "INSERT INTO t VALUES (1)");
}

TEST_F(SqliteTest, FinishedTransactionRefusesWork) {
    auto database = open();
    auto transaction = run_task(database->begin()).value();
    ASSERT_TRUE(run_task(transaction->commit()).has_value());
    EXPECT_EQ(run_task(transaction->query("SELECT 1")).error().code, Code::internal);
    EXPECT_EQ(run_task(transaction->commit()).error().code, Code::internal);
}

TEST_F(SqliteTest, TransactionsOfManyThreadsAreSerialized) {
    auto database = open();
    rows(*database, "CREATE TABLE counter (n BIGINT)");
    rows(*database, "INSERT INTO counter VALUES (0)");
    const std::vector<Database*> four(4, database.get());
    increment_from_threads(four, 50);
    EXPECT_EQ(rows(*database, "SELECT n FROM counter")[0].integer(0), 200);
}

TEST_F(SqliteTest, TwoOpenersOfOneFileAreSerialized) {
    auto one = open();
    auto two = open();
    rows(*one, "CREATE TABLE counter (n BIGINT)");
    rows(*two, "INSERT INTO counter VALUES (0)");
    const std::vector<Database*> both{one.get(), two.get()};
    increment_from_threads(both, 50);
    EXPECT_EQ(rows(*two, "SELECT n FROM counter")[0].integer(0), 100);
}

TEST_F(SqliteTest, BusyForeignWriterIsUnavailableAfterTheTimeout) {
    auto database =
        open_sqlite(file(), clock_, {.busy_timeout = std::chrono::milliseconds(50)}).value();
    auto other = open();
    auto held = run_task(other->begin()).value();
    EXPECT_EQ(run_task(database->begin()).error().code, Code::unavailable);
    held.reset();
    EXPECT_TRUE(run_task(database->begin()).has_value());
}

TEST_F(SqliteTest, BigBatchRunsAsOneTransaction) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY, b TEXT)");
    std::vector<Params> batch;
    for (std::int64_t i = 0; i < 20'000; ++i)
        batch.push_back({i, "text"});
    auto transaction = run_task(database->begin()).value();
    EXPECT_EQ(run_task(transaction->execute_many("INSERT INTO t VALUES ($1, $2)", batch)).value(),
              20'000);
    ASSERT_TRUE(run_task(transaction->commit()).has_value());
    const auto counted = run_task(database->query("SELECT COUNT(*) FROM t", {}, Weight::scan));
    EXPECT_EQ(counted.value()[0].integer(0), 20'000);

    transaction = run_task(database->begin()).value();
    batch.resize(1);
    EXPECT_EQ(
        run_task(transaction->execute_many("INSERT INTO t VALUES ($1, $2)", batch)).error().code,
        Code::conflict);
}

TEST_F(SqliteTest, ManyMayOpenANewFileAtOnce) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([this] {
            const auto database = open_sqlite(file(), clock_);
            EXPECT_TRUE(database.has_value()) << database.error().message;
        });
    }
    threads.clear();
    const auto versions = rows(*open(), "SELECT version FROM schema_migrations");
    EXPECT_EQ(versions.size(), embedded_migrations().size());
}

TEST_F(SqliteTest, NewerSchemaIsRefused) {
    rows(*open(), "INSERT INTO schema_migrations VALUES (9999, 'later', 0)");
    const auto opened = open_sqlite(file(), clock_);
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().message.find("9999"), std::string::npos);
}

TEST_F(SqliteTest, FailedMigrationChangesNothing) {
    auto connection = SqliteConnection::open(file(), SqliteConnection::Role::writer).value();
    const std::vector<Migration> scripts{{1, "good", "CREATE TABLE good (a BIGINT)"},
                                         {2, "bad", "CREATE TABLE bad (a BIGINT); NONSENSE"}};
    const auto migrated = migrate(*connection, scripts, clock_);
    ASSERT_FALSE(migrated.has_value());
    EXPECT_NE(migrated.error().message.find("Migration 2 (bad)"), std::string::npos);
    EXPECT_FALSE(connection->query("SELECT * FROM good").has_value());
    ASSERT_TRUE(migrate(*connection, std::span(scripts).first(1), clock_).has_value());
    EXPECT_TRUE(connection->query("SELECT * FROM good").has_value());
}

TEST_F(SqliteTest, MigrationsAreNumberedWithoutAGap) {
    std::int64_t expected = 1;
    for (const Migration& migration : embedded_migrations())
        EXPECT_EQ(migration.version, expected++);
    EXPECT_GT(expected, 1);
}

TEST_F(SqliteTest, OpeningInAMissingDirectoryFails) {
    EXPECT_FALSE(open_sqlite(dir_.path() / "missing" / "test.db", clock_).has_value());
}

}  // namespace
}  // namespace siahub::db
