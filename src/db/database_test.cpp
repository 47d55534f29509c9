// What every driver of Database keeps of statements, values and schemas: run on SQLite, and by
// with_postgres.sh on PostgreSQL.

#include "db/migrations.hpp"
#include "db/test_fixture.hpp"

#include <thread>

namespace siahub::db {
namespace {

TEST_F(DatabaseTest, BindsParametersByTheirNumberAndKeepsTypesApart) {
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

TEST_F(DatabaseTest, ReadersCannotWrite) {
    auto database = open();
    EXPECT_FALSE(run_task(database->query("CREATE TABLE t (a BIGINT)")).has_value());
}

TEST_F(DatabaseTest, ViolatedConstraintIsAConflict) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY)");
    rows(*database, "INSERT INTO t VALUES (1)");
    EXPECT_EQ(run_task(database->execute("INSERT INTO t VALUES (1)")).error().code, Code::conflict);
    rows(*database, "INSERT INTO t VALUES (2)");
    EXPECT_EQ(rows(*database, "SELECT a FROM t").size(), 2U);
}

TEST_F(DatabaseTest, RefusesWhatIsNotSql) {
    auto database = open();
    const auto code_of = [&](std::string_view sql, Params params = {}) {
        return run_task(database->query(sql, std::move(params))).error().code;
    };
    EXPECT_EQ(code_of("SELECT $2", {std::int64_t{1}}), Code::internal);
    EXPECT_EQ(code_of("SELECT ?", {std::int64_t{1}}), Code::internal);
    EXPECT_EQ(code_of("SELEC"), Code::internal);
    EXPECT_EQ(code_of("SELECT * FROM nowhere"), Code::internal);
    EXPECT_EQ(rows(*database, "SELECT CAST($1 AS BIGINT)", {std::int64_t{1}})[0].integer(0), 1);
}

TEST_F(DatabaseTest, NullAndAValueMayTakeTurnsInOneStatement) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT, b TEXT, c BYTEA)");
    constexpr std::string_view insert = "INSERT INTO t (a, b, c) VALUES ($1, $2, $3)";
    const Bytes blob{std::byte{255}};
    rows(*database, insert, {nullptr, nullptr, nullptr});
    rows(*database, insert, {std::int64_t{-1}, "b", ByteView(blob)});
    rows(*database, insert, {std::int64_t{2}, nullptr, ByteView(blob)});
    const auto found = rows(*database, "SELECT a, b, c FROM t ORDER BY coalesce(a, 0)");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].integer(0), -1);
    EXPECT_TRUE(found[1].is_null(0) && found[1].is_null(1) && found[1].is_null(2));
    EXPECT_TRUE(found[2].is_null(1));
    EXPECT_EQ(found[2].blob(2), blob);
}

TEST_F(DatabaseTest, IntegersOfEveryWidthAndTruthAreIntegers) {
    auto database = open();
    rows(*database, "CREATE TABLE t (small SMALLINT, middle INTEGER, big BIGINT)");
    rows(*database, "INSERT INTO t VALUES (-2, -3, -4)");
    const auto found = rows(
        *database, "SELECT small, middle, big, 1, big < 0, COUNT(*) FROM t GROUP BY 1, 2, 3, 4, 5");
    EXPECT_EQ(found[0].integer(0), -2);
    EXPECT_EQ(found[0].integer(1), -3);
    EXPECT_EQ(found[0].integer(2), -4);
    EXPECT_EQ(found[0].integer(3), 1);
    EXPECT_TRUE(found[0].boolean(4));
    EXPECT_EQ(found[0].integer(5), 1);
}

TEST_F(DatabaseTest, BigBatchRunsAsOneTransaction) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT PRIMARY KEY, b TEXT)");
    std::vector<Params> batch;
    for (std::int64_t i = 0; i < 20'000; ++i)
        batch.push_back({i, "text"});
    auto transaction = run_task(database->begin()).value();
    EXPECT_EQ(run_task(transaction->execute_many("INSERT INTO t VALUES ($1, $2)", batch)).value(),
              20'000);
    EXPECT_EQ(run_task(transaction->execute_many("DELETE FROM t WHERE a = -1", batch)).value(), 0);
    EXPECT_EQ(run_task(transaction->execute_many("DELETE FROM t WHERE a = -1", {})).value(), 0);
    ASSERT_TRUE(run_task(transaction->commit()).has_value());
    const auto counted = run_task(database->query("SELECT COUNT(*) FROM t", {}, Weight::scan));
    EXPECT_EQ(counted.value()[0].integer(0), 20'000);

    transaction = run_task(database->begin()).value();
    batch.resize(1);
    EXPECT_EQ(
        run_task(transaction->execute_many("INSERT INTO t VALUES ($1, $2)", batch)).error().code,
        Code::conflict);
}

TEST_F(DatabaseTest, LargeValuesComeBackWhole) {
    auto database = open();
    rows(*database, "CREATE TABLE t (a BIGINT, b TEXT, c BYTEA)");
    const Bytes blob(3'000'000, std::byte{7});
    const std::string text(2'000'000, 'x');
    std::vector<Params> batch(8, {std::int64_t{1}, std::string_view(text), ByteView(blob)});
    auto transaction = run_task(database->begin()).value();
    ASSERT_EQ(
        run_task(transaction->execute_many("INSERT INTO t VALUES ($1, $2, $3)", batch)).value(), 8);
    ASSERT_TRUE(run_task(transaction->commit()).has_value());
    const auto found = rows(*database, "SELECT b, c FROM t");
    ASSERT_EQ(found.size(), 8U);
    for (const auto& row : found)
        EXPECT_TRUE(row.text(0) == text && row.blob(1) == blob);
}

TEST_F(DatabaseTest, TextSortsByItsBytes) {
    auto database = open();
    rows(*database, "DELETE FROM users");
    std::int64_t id = 0;
    for (const std::string_view name : {"b", "B", "a", "A", "_", "-", "1", "a-b", "ab", "a b", "é"})
        rows(*database,
             "INSERT INTO users (id, kind, name, name_key, fullname, email, created_at)"
             " VALUES ($1, 'user', $2, $2, '', '', 0)",
             {++id, name});
    std::string order;
    for (const auto& row : rows(*database, "SELECT name_key FROM users ORDER BY name_key"))
        order += row.text(0) + "|";
    EXPECT_EQ(order, "-|1|A|B|_|a|a b|a-b|ab|b|é|");
    EXPECT_EQ(rows(*database, "SELECT 1 FROM users WHERE name_key > 'a' AND name_key < 'b'").size(),
              3U);
}

TEST_F(DatabaseTest, MigrationsAreNumberedWithoutAGap) {
    std::int64_t expected = 1;
    for (const Migration& migration : embedded_migrations())
        EXPECT_EQ(migration.version, expected++);
    EXPECT_GT(expected, 1);
}

TEST_F(DatabaseTest, ManyMayOpenANewDatabaseAtOnce) {
    const TestDatabase empty("template0");
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&empty] {
            const auto database = empty.try_open();
            EXPECT_TRUE(database.has_value()) << database.error().message;
        });
    }
    threads.clear();
    const auto versions = rows(*empty.open(), "SELECT version FROM schema_migrations");
    EXPECT_EQ(versions.size(), embedded_migrations().size());
}

TEST_F(DatabaseTest, NewerSchemaIsRefused) {
    rows(*open(), "INSERT INTO schema_migrations VALUES (9999, 'later', 0)");
    const auto opened = place_.try_open();
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().message.find("9999"), std::string::npos);
}

}  // namespace
}  // namespace siahub::db
