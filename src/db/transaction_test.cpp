// What every driver of Database keeps of transactions: run on SQLite, and by with_postgres.sh on
// PostgreSQL.

#include "db/test_fixture.hpp"
#include "db/transact.hpp"

#include <thread>

#include <boost/asio/detached.hpp>

namespace siahub::db {
namespace {

using TransactionTest = DatabaseTest;

Task<Result<void>> increment(Transaction& transaction) {
    const auto found = CO_TRY(co_await transaction.query("SELECT n FROM counter"));
    const std::int64_t next = found.at(0).integer(0) + 1;
    CO_TRY(co_await transaction.query("UPDATE counter SET n = $1", {next}));
    co_return co_await transaction.commit();
}

Task<Result<void>> increment_times(Database& database, int times) {
    for (int i = 0; i < times; ++i) {
        CO_TRY(co_await transact(database, Isolation::serializable, increment));
        CO_TRY(co_await database.query("SELECT n FROM counter"));
    }
    co_return Result<void>{};
}

void increment_from_threads(std::span<Database* const> databases, int times) {
    std::vector<std::jthread> threads;
    for (Database* database : databases) {
        threads.emplace_back([database, times] {
            const auto done = run_task(increment_times(*database, times));
            EXPECT_TRUE(done.has_value()) << done.error().message;
        });
    }
}

Task<Result<std::int64_t>> insert_and_drop(Database& database) {
    auto transaction = CO_TRY(co_await database.begin());
    CO_TRY(co_await transaction->query("INSERT INTO t VALUES (1)"));
    const auto own = CO_TRY(co_await transaction->query("SELECT a FROM t"));
    const auto others = CO_TRY(co_await database.query("SELECT a FROM t"));
    co_return static_cast<std::int64_t>(own.size() * 10 + others.size());
}

TEST_F(TransactionTest, DroppedTransactionIsRolledBackAndReadsItsOwnWrites) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY)");
    EXPECT_EQ(run_task(insert_and_drop(*database)).value(), 10);
    EXPECT_TRUE(rows(*database, "SELECT a FROM t").empty());
    rows(*database, "INSERT INTO t VALUES (1)");
}

TEST_F(TransactionTest, TaskDestroyedInTheMiddleLeavesTheWriterClean) {
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

TEST_F(TransactionTest, FinishedTransactionRefusesWork) {
    auto database = open();
    auto transaction = run_task(database->begin()).value();
    ASSERT_TRUE(run_task(transaction->commit()).has_value());
    EXPECT_EQ(run_task(transaction->query("SELECT 1")).error().code, Code::internal);
    EXPECT_EQ(run_task(transaction->commit()).error().code, Code::internal);
}

TEST_F(TransactionTest, TransactionsOfManyThreadsAreSerialized) {
    auto database = open();
    rows(*database, "CREATE TABLE counter (n BIGINT)");
    rows(*database, "INSERT INTO counter VALUES (0)");
    const std::vector<Database*> four(4, database.get());
    increment_from_threads(four, 25);
    EXPECT_EQ(rows(*database, "SELECT n FROM counter")[0].integer(0), 100);
}

TEST_F(TransactionTest, TwoOpenersOfOneDatabaseAreSerialized) {
    auto one = open();
    auto two = open();
    rows(*one, "CREATE TABLE counter (n BIGINT)");
    rows(*two, "INSERT INTO counter VALUES (0)");
    const std::vector<Database*> both{one.get(), two.get()};
    increment_from_threads(both, 50);
    EXPECT_EQ(rows(*two, "SELECT n FROM counter")[0].integer(0), 100);
}

// Waiting for the row is enough: nobody loses and nobody has to try again.
Task<Result<void>> add_one(Transaction& transaction, std::atomic<int>& attempts) {
    ++attempts;
    CO_TRY(co_await transaction.query("UPDATE counter SET n = n + 1"));
    CO_TRY(co_await transaction.query("SELECT n FROM counter"));
    co_return co_await transaction.commit();
}

TEST_F(TransactionTest, ReadCommittedTransactionsWaitForARow) {
    auto database = open();
    rows(*database, "CREATE TABLE counter (n BIGINT)");
    rows(*database, "INSERT INTO counter VALUES (0)");
    std::atomic<int> attempts = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int turn = 0; turn < 10; ++turn)
                EXPECT_TRUE(
                    run_task(transact(*database, Isolation::read_committed, add_one, attempts)));
        });
    }
    threads.clear();
    EXPECT_EQ(rows(*database, "SELECT n FROM counter")[0].integer(0), 80);
    EXPECT_EQ(attempts, 80);
}

Task<Result<void>> fail_after_writing(Transaction& transaction, int& attempts) {
    ++attempts;
    CO_TRY(co_await transaction.query("INSERT INTO t VALUES (1)"));
    co_return fail(Code::not_found, "no");
}

TEST_F(TransactionTest, AnErrorOfTheBodyIsFinalAndRollsBack) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY)");
    int attempts = 0;
    const auto done =
        run_task(transact(*database, Isolation::serializable, fail_after_writing, attempts));
    EXPECT_EQ(done.error().code, Code::not_found);
    EXPECT_EQ(attempts, 1);
    EXPECT_TRUE(rows(*database, "SELECT a FROM t").empty());
}

Task<Result<void>> insert_twice(Transaction& transaction) {
    CO_TRY(co_await transaction.query("INSERT INTO t VALUES (1)"));
    CO_TRY(co_await transaction.query("INSERT INTO t VALUES (1)"));
    co_return co_await transaction.commit();
}

TEST_F(TransactionTest, AConflictThatStaysIsAnErrorAndLeavesNothing) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY)");
    const auto done = run_task(transact(*database, Isolation::read_committed, insert_twice));
    EXPECT_EQ(done.error().code, Code::conflict);
    EXPECT_TRUE(rows(*database, "SELECT a FROM t").empty());
}

}  // namespace
}  // namespace siahub::db
