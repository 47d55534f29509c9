// What only PostgreSQL does: its values, its isolation, migrations, roles. What both databases keep
// is in database_test.cpp and transaction_test.cpp.

#include "db/postgres.hpp"

#include "db/migrations.hpp"
#include "db/postgres_migrator.hpp"
#include "db/test_postgres.hpp"
#include "db/transact.hpp"

#include <thread>

namespace siahub::db {
namespace {

using namespace std::chrono_literals;

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresTest);
INSTANTIATE_TEST_SUITE_P(Server, PostgresTest, ::testing::ValuesIn(servers()),
                         [](const auto&) { return "Private"; });

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
