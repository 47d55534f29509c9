// What only PostgreSQL does: servers that go away, pools, roles. There are no tests here without a
// server (tests/postgres/with_postgres.sh); what both databases keep is in database_test.cpp.

#include "db/postgres.hpp"

#include "core/run_task.hpp"
#include "db/migrations.hpp"
#include "db/postgres_migrator.hpp"
#include "db/test_database.hpp"
#include "db/transact.hpp"

#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

namespace siahub::db {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> servers() {
    if (test_server_url().empty()) return {};
    return {test_server_url()};
}

class PostgresTest : public ::testing::TestWithParam<std::string> {
  protected:
    std::unique_ptr<Database> open(PostgresOptions options = {}) { return place_.open(options); }
    static Rows rows(Database& database, std::string_view sql, Params params = {}) {
        return run_task(database.execute(sql, std::move(params))).value();
    }
    std::string admin(const std::string& sql) { return run_on_server(place_.url(), sql); }
    // Every connection to this test's database but the asking one.
    void cut_connections() {
        admin(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
    static void control(const std::string& what) {
        const std::string command = std::getenv("SIAHUB_TEST_POSTGRES_CONTROL");  // NOLINT
        ASSERT_EQ(std::system((command + " " + what).c_str()), 0);                // NOLINT
    }

    TestDatabase place_;
    SystemClock clock_;
    Log log_{Log::Level::off};
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresTest);
INSTANTIATE_TEST_SUITE_P(Server, PostgresTest, ::testing::ValuesIn(servers()),
                         [](const auto&) { return "Private"; });

Task<Result<void>> insert_one(Transaction& transaction) {
    CO_TRY(co_await transaction.query("INSERT INTO t VALUES (1)"));
    co_return co_await transaction.commit();
}

struct Tally {
    std::atomic<int> reads = 0, failed_reads = 0, commits = 0, failed_commits = 0, surprises = 0;
    std::atomic<bool> stop = false;
};

void work(Database& database, Tally& tally) {
    while (!tally.stop) {
        const auto read = run_task(database.query("SELECT COUNT(*) FROM t"));
        ++(read ? tally.reads : tally.failed_reads);
        const auto written = run_task(transact(database, Isolation::read_committed, insert_one));
        ++(written ? tally.commits : tally.failed_commits);
        if (!written && written.error().code != Code::unavailable) ++tally.surprises;
    }
}

TEST_P(PostgresTest, ARestartedServerCostsNoReadAndNoCommittedWrite) {
    auto database = open({.connections = 4, .patience = 30s});
    rows(*database, "CREATE TABLE t (a BIGINT)");
    Tally tally;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { work(*database, tally); });
        for (const auto* how : {"restart -m fast", "restart -m immediate"}) {
            std::this_thread::sleep_for(300ms);
            control(how);
        }
        std::this_thread::sleep_for(300ms);
        tally.stop = true;
    }
    EXPECT_EQ(tally.failed_reads, 0);
    EXPECT_EQ(tally.surprises, 0);
    EXPECT_GT(tally.reads, 0);
    const auto found = rows(*database, "SELECT COUNT(*) FROM t")[0].integer(0);
    EXPECT_GE(found, tally.commits);
    EXPECT_LE(found, tally.commits + tally.failed_commits);
}

TEST_P(PostgresTest, AServerThatStaysAwayIsUnavailableAndNamesNoHost) {
    auto database = open({.patience = 100ms});
    rows(*database, "CREATE TABLE t (a BIGINT)");
    control("stop -m fast");
    for (int i = 0; i < 3; ++i) {
        const auto read = run_task(database->query("SELECT 1"));
        EXPECT_EQ(read.error().code, Code::unavailable);
        EXPECT_EQ(read.error().message, "Database: the server cannot be reached; try again later.");
    }
    EXPECT_EQ(run_task(database->begin()).error().code, Code::unavailable);
    control("start");
    std::this_thread::sleep_for(1100ms);  // the longest back-off
    EXPECT_TRUE(run_task(database->query("SELECT 1")).has_value());
}

TEST_P(PostgresTest, ConnectionsCutWhileIdleAreNotNoticed) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT)");
    for (int i = 0; i < 3; ++i) {
        cut_connections();
        EXPECT_TRUE(run_task(database->query("SELECT 1")).has_value());
        cut_connections();
        EXPECT_TRUE(run_task(database->execute("INSERT INTO t VALUES (2)")).has_value());
        cut_connections();
        EXPECT_TRUE(run_task(transact(*database, Isolation::serializable, insert_one)));
    }
    EXPECT_EQ(rows(*database, "SELECT a FROM t").size(), 6U);
}

TEST_P(PostgresTest, ATransactionCutInTheMiddleFailsAndTheNextOneWorks) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT)");
    for (const bool at_commit : {false, true}) {
        auto transaction = run_task(database->begin()).value();
        ASSERT_TRUE(run_task(transaction->query("INSERT INTO t VALUES (1)")));
        cut_connections();
        const auto failed = at_commit
                                ? run_task(transaction->commit()).error()
                                : run_task(transaction->query("INSERT INTO t VALUES (2)")).error();
        EXPECT_EQ(failed.code, Code::unavailable);
        EXPECT_EQ(run_task(transaction->commit()).error().code, Code::unavailable);
        EXPECT_EQ(transaction->retry(), Retry::no);
    }
    EXPECT_TRUE(rows(*database, "SELECT a FROM t").empty());
}

Task<void> begin_and_note(Database& database, bool& began) {
    const auto transaction = co_await database.begin();
    began = transaction.has_value();
}

TEST_P(PostgresTest, TransactionsWaitForAConnectionAndLeaveOneForReads) {
    auto database = open({.connections = 2});
    auto held = run_task(database->begin()).value();
    ASSERT_TRUE(run_task(held->query("SELECT 1")));
    asio::io_context context;
    bool began = false;
    asio::co_spawn(context, begin_and_note(*database, began), asio::detached);
    context.poll();
    EXPECT_FALSE(began);
    EXPECT_TRUE(run_task(database->query("SELECT 1")).has_value());
    held.reset();
    context.run();
    EXPECT_TRUE(began);
}

Task<void> sleep_long(Database& database, bool& started) {
    started = true;
    (void)co_await database.query("SELECT 1 FROM pg_sleep(60) AS sleeping_beauty");
}

TEST_P(PostgresTest, ACancelledQueryTakesItsConnectionWithIt) {
    auto database = open({.connections = 2});
    bool started = false;
    bool aborted = false;
    {
        asio::io_context context;
        asio::cancellation_signal cancel;
        asio::co_spawn(
            context, sleep_long(*database, started),
            asio::bind_cancellation_slot(
                cancel.slot(), [&](const std::exception_ptr& e) { aborted = e != nullptr; }));
        const auto asleep = [&] {
            return admin(
                       "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND "
                       "query LIKE '%sleeping_beauty' AND pid <> pg_backend_pid()") != "0";
        };
        while (!asleep())
            context.run_for(20ms);
        cancel.emit(asio::cancellation_type::terminal);
        context.run();
        EXPECT_TRUE(aborted);
        // The server looks every two seconds whether its client is still there.
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (asleep() && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(50ms);
        EXPECT_FALSE(asleep());
    }
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(rows(*database, "SELECT 5")[0].integer(0), 5);
}

TEST_P(PostgresTest, ASlowStatementIsStoppedAndTheConnectionLives) {
    auto database = open({.connections = 2, .statement_timeout = 50ms});
    const auto slow = run_task(database->query("SELECT 1 FROM pg_sleep(30)"));
    EXPECT_EQ(slow.error().code, Code::unavailable);
    EXPECT_EQ(rows(*database, "SELECT 5")[0].integer(0), 5);
}

TEST_P(PostgresTest, TextThatCannotBeStoredIsTheCallersFault) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a TEXT)");
    constexpr std::string_view insert = "INSERT INTO t VALUES ($1)";
    for (const auto text : {std::string_view("a\0b", 3), std::string_view("\xff")}) {
        EXPECT_EQ(run_task(database->query("SELECT $1", {text})).error().code,
                  Code::invalid_argument);
        EXPECT_EQ(run_task(database->execute(insert, {text})).error().code, Code::invalid_argument);
        auto transaction = run_task(database->begin()).value();
        EXPECT_EQ(run_task(transaction->query(insert, {text})).error().code,
                  Code::invalid_argument);
    }
    rows(*database, insert, {"ok"});
}

Task<Result<void>> leave_if_another_stays(Transaction& transaction, std::int64_t who) {
    const auto on_call =
        CO_TRY(co_await transaction.query("SELECT COUNT(*) FROM doctors WHERE on_call = 1"));
    if (on_call[0].integer(0) < 2) co_return fail(Code::conflict, "somebody has to stay");
    CO_TRY(co_await transaction.query("UPDATE doctors SET on_call = 0 WHERE id = $1", {who}));
    co_return co_await transaction.commit();
}

TEST_P(PostgresTest, SerializableTransactionsDoNotSkewWrites) {
    auto database = open();
    rows(*database, "CREATE TABLE doctors (id BIGINT PRIMARY KEY, on_call BIGINT)");
    for (int round = 0; round < 10; ++round) {
        rows(*database, "DELETE FROM doctors");
        rows(*database, "INSERT INTO doctors VALUES (1, 1), (2, 1), (3, 1), (4, 1)");
        std::vector<std::jthread> threads;
        for (std::int64_t who = 1; who <= 4; ++who) {
            threads.emplace_back([&database, who] {
                (void)run_task(
                    transact(*database, Isolation::serializable, leave_if_another_stays, who));
            });
        }
        threads.clear();
        EXPECT_EQ(rows(*database, "SELECT id FROM doctors WHERE on_call = 1").size(), 1U);
    }
}

Task<Result<void>> lock_both(Transaction& transaction, std::int64_t first, std::int64_t second) {
    CO_TRY(co_await transaction.query("UPDATE t SET n = n + 1 WHERE a = $1", {first}));
    asio::steady_timer pause(co_await asio::this_coro::executor, 100ms);
    co_await pause.async_wait(asio::use_awaitable);
    CO_TRY(co_await transaction.query("UPDATE t SET n = n + 1 WHERE a = $1", {second}));
    co_return co_await transaction.commit();
}

TEST_P(PostgresTest, ADeadlockIsTriedAgain) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY, n BIGINT)");
    rows(*database, "INSERT INTO t VALUES (1, 0), (2, 0)");
    {
        const std::jthread other([&] {
            EXPECT_TRUE(run_task(transact(*database, Isolation::read_committed, lock_both, 1, 2)));
        });
        EXPECT_TRUE(run_task(transact(*database, Isolation::read_committed, lock_both, 2, 1)));
    }
    const auto found = rows(*database, "SELECT n FROM t");
    EXPECT_EQ(found[0].integer(0) + found[1].integer(0), 4);
}

TEST_P(PostgresTest, TwentyMayMigrateAtOnceAndOneDoesIt) {
    const TestDatabase empty("template0");
    std::atomic<int> workers = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 20; ++i) {
        threads.emplace_back([&] {
            const auto report = migrate_postgres(empty.url(), clock_);
            ASSERT_TRUE(report.has_value()) << report.error().message;
            if (report->before != report->after) ++workers;
        });
    }
    threads.clear();
    EXPECT_EQ(workers, 1);
}

TEST_P(PostgresTest, AFailedScriptLeavesNothingOfItself) {
    const TestDatabase empty("template0");
    const PostgresConnector connector(empty.url(), {});
    const std::vector<Migration> scripts{{1, "good", "CREATE TABLE good (a BIGINT)"},
                                         {2, "bad", "CREATE TABLE bad (a BIGINT); NONSENSE"}};
    const auto failed = bring_up_to_date(connector, scripts, clock_);
    ASSERT_FALSE(failed.has_value());
    EXPECT_NE(failed.error().message.find("Migration 2 (bad)"), std::string::npos);
    EXPECT_EQ(run_on_server(empty.url(), "SELECT coalesce(to_regclass('bad')::text, 'none')"),
              "none");
    EXPECT_EQ(run_on_server(empty.url(), "SELECT max(version) FROM schema_migrations"), "1");
}

TEST_P(PostgresTest, ARoleWithoutRightsOpensACurrentSchemaAndIsToldWhoMayMigrate) {
    const TestDatabase empty("template0");
    const auto role = "visitor_" + random_id();
    run_on_server(empty.url(), "CREATE ROLE " + role + " LOGIN");
    auto url = empty.url();
    url.replace(url.find("siahub@"), 7, role + "@");
    const auto refused = open_postgres(url, clock_, log_);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("siahub migrate"), std::string::npos)
        << refused.error().message;
    ASSERT_TRUE(migrate_postgres(empty.url(), clock_));
    run_on_server(empty.url(), "GRANT SELECT ON schema_migrations TO " + role);
    {
        const auto opened = open_postgres(url, clock_, log_);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        const auto denied = run_task((*opened)->query("SELECT name FROM users"));
        EXPECT_EQ(denied.error().code, Code::internal);
    }
    run_on_server(empty.url(), "DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_P(PostgresTest, ListsHaveOneOrderUnderEveryCollation) {
    std::vector<std::string> orders;
    for (const std::string_view locale :
         {"LOCALE_PROVIDER icu ICU_LOCALE 'sv-SE' LOCALE 'C.UTF-8'",
          "LOCALE_PROVIDER libc LOCALE 'C.UTF-8'", "LOCALE_PROVIDER libc LOCALE 'C'"}) {
        const TestDatabase place("template0 ENCODING 'UTF8' " + std::string(locale));
        const auto database = place.open();
        for (const std::string_view path : {"b", "B", "a", "_x", "a/b", "a-b", "ab", "å", "z", "É"})
            rows(*database, "INSERT INTO path_history VALUES (1, $1, 1, 1)", {path});
        auto& order = orders.emplace_back();
        for (const auto& row : rows(*database, "SELECT path FROM path_history ORDER BY path"))
            order += row.text(0) + "|";
    }
    for (const auto& order : orders)
        EXPECT_EQ(order, "B|_x|a|a-b|a/b|ab|b|z|É|å|");
}

TEST(PostgresUrl, ErrorsNeverShowThePassword) {
    const SystemClock clock;
    const Log log(Log::Level::off);
    for (const std::string url :
         {"postgresql://me:sesame@[::1", "postgresql://me:ses%ame@h/d", "mysql://me:sesame@h/d",
          "host=h password='sesame", "postgresql://me:sesame@h/d?nonsense=sesame",
          "postgresql://me:sesame@127.0.0.1:1/d", "postgresql://me:sesame@/d?host=/nowhere"}) {
        const auto opened = open_postgres(url, clock, log);
        ASSERT_FALSE(opened.has_value()) << url;
        EXPECT_EQ(opened.error().message.find("ses"), std::string::npos) << opened.error().message;
    }
}

TEST(PostgresMigrations, TextColumnsSortByTheirBytes) {
    EXPECT_EQ(with_byte_order("a TEXT NOT NULL, b TEXT, CONTEXT TEXT)"),
              "a TEXT COLLATE \"C\" NOT NULL, b TEXT COLLATE \"C\", CONTEXT TEXT COLLATE \"C\")");
    EXPECT_EQ(with_byte_order("TEXT_ TEXTS"), "TEXT_ TEXTS");
    EXPECT_EQ(with_byte_order(""), "");
}

}  // namespace
}  // namespace siahub::db
