#include "db/sqlite.hpp"

#include "core/run_task.hpp"
#include "core/temp_dir.hpp"
#include "db/migrations.hpp"
#include "db/sqlite_migrator.hpp"
#include "db/test_database.hpp"

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

TEST_F(SqliteTest, BusyForeignWriterIsUnavailableAfterTheTimeout) {
    auto database =
        open_sqlite(file(), clock_, {.busy_timeout = std::chrono::milliseconds(50)}).value();
    auto other = open();
    auto held = run_task(other->begin()).value();
    EXPECT_EQ(run_task(database->begin()).error().code, Code::unavailable);
    held.reset();
    EXPECT_TRUE(run_task(database->begin()).has_value());
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

TEST_F(SqliteTest, OpeningInAMissingDirectoryFails) {
    EXPECT_FALSE(open_sqlite(dir_.path() / "missing" / "test.db", clock_).has_value());
}

}  // namespace
}  // namespace siahub::db
