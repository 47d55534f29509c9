// Servers and connections that go away, and waiting for them.

#include "db/test_postgres.hpp"
#include "db/transact.hpp"

#include <csignal>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/detached.hpp>

namespace siahub::db {
namespace {

using namespace std::chrono_literals;

class PostgresOutageTest : public PostgresTest {
  protected:
    // Every connection to this test's database but the asking one.
    void cut_connections() {
        admin(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
    static void control(const std::string& what) {
        const std::string command = std::getenv("SIAHUB_TEST_POSTGRES_CONTROL");
        ASSERT_EQ(std::system((command + " " + what).c_str()), 0);
    }
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresOutageTest);
INSTANTIATE_TEST_SUITE_P(Server, PostgresOutageTest, ::testing::ValuesIn(servers()),
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

TEST_P(PostgresOutageTest, ARestartedServerCostsNoReadAndNoCommittedWrite) {
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

TEST_P(PostgresOutageTest, AServerThatStaysAwayIsUnavailableAndNamesNoHost) {
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

TEST_P(PostgresOutageTest, ConnectionsCutWhileIdleAreNotNoticed) {
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

TEST_P(PostgresOutageTest, ATransactionCutInTheMiddleFailsAndTheNextOneWorks) {
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

TEST_P(PostgresOutageTest, TransactionsWaitForAConnectionAndLeaveOneForReads) {
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

TEST_P(PostgresOutageTest, ACancelledQueryTakesItsConnectionWithIt) {
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

TEST_P(PostgresOutageTest, ASlowStatementIsStoppedAndTheConnectionLives) {
    auto database = open({.connections = 2, .statement_timeout = 50ms});
    const auto slow = run_task(database->query("SELECT 1 FROM pg_sleep(30)"));
    EXPECT_EQ(slow.error().code, Code::unavailable);
    EXPECT_EQ(rows(*database, "SELECT 5")[0].integer(0), 5);
}

// One that is alive for TCP and says nothing more.
TEST_P(PostgresOutageTest, AServerThatFallsSilentIsGivenUp) {
    auto database = open({.connections = 3, .statement_timeout = 200ms});
    const auto silence = [](const Rows& backend) {
        const auto pid = static_cast<pid_t>(backend[0].integer(0));
        EXPECT_EQ(::kill(pid, SIGSTOP), 0);
        return pid;
    };
    auto transaction = run_task(database->begin()).value();
    const auto first = silence(run_task(transaction->query("SELECT pg_backend_pid()")).value());
    const auto lost = run_task(transaction->query("SELECT 5"));
    EXPECT_EQ(lost.error().code, Code::unavailable);
    const auto second = silence(rows(*database, "SELECT pg_backend_pid()"));
    const auto again = run_task(database->query("SELECT 5"));  // by a new connection
    EXPECT_EQ(again.value()[0].integer(0), 5);
    for (const auto pid : {first, second})
        ::kill(pid, SIGCONT);
}

}  // namespace
}  // namespace siahub::db
