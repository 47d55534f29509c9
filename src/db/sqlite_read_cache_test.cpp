#include "db/sqlite_read_cache.hpp"

#include "core/run_task.hpp"
#include "core/temp_dir.hpp"
#include "db/sqlite.hpp"
#include "db/sqlite_connection.hpp"

#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace siahub::db {
namespace {

constexpr std::string_view kRead = "SELECT n FROM counter WHERE k = $1";

class ReadCacheTest : public ::testing::Test {
  protected:
    void SetUp() override {
        database_ = open();
        for (const auto* sql : {"CREATE TABLE counter (k BIGINT PRIMARY KEY, n BIGINT)",
                                "INSERT INTO counter VALUES (1, 0), (2, 0)"})
            ASSERT_TRUE(run_task(database_->execute(sql)).has_value());
    }
    [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "test.db"; }
    std::unique_ptr<Database> open() { return open_sqlite(file(), clock_).value(); }
    static void write(Database& database, std::int64_t key, std::int64_t value) {
        ASSERT_TRUE(
            run_task(database.execute("UPDATE counter SET n = $2 WHERE k = $1", {key, value}))
                .has_value());
    }
    static std::int64_t read(Database& database, std::int64_t key) {
        return run_task(database.query(kRead, {key})).value().at(0).integer(0);
    }

    TempDir dir_;
    SystemClock clock_;
    std::unique_ptr<Database> database_;
};

TEST_F(ReadCacheTest, OwnCommitsAreSeenAtOnce) {
    for (std::int64_t i = 1; i <= 200; ++i) {
        write(*database_, 1, i);
        EXPECT_EQ(read(*database_, 1), i);
        EXPECT_EQ(read(*database_, 1), i);
        EXPECT_EQ(read(*database_, 2), 0);
    }
}

TEST_F(ReadCacheTest, CommitsOfAnotherOpenerAreSeenAtOnce) {
    const auto other = open();
    for (std::int64_t i = 1; i <= 200; ++i) {
        write(*other, 1, i);
        EXPECT_EQ(read(*database_, 1), i);
        write(*database_, 2, i);
        EXPECT_EQ(read(*other, 2), i);
    }
}

TEST_F(ReadCacheTest, CommitsOfAnotherProcessAreSeenAtOnce) {
    for (int i = 1; i <= 20; ++i) {
        EXPECT_EQ(read(*database_, 1), i - 1);
        const auto command =
            fmt::format("sqlite3 '{}' 'UPDATE counter SET n = {}'", file().string(), i);
        ASSERT_EQ(std::system(command.c_str()), 0);
        EXPECT_EQ(read(*database_, 1), i);
    }
}

TEST_F(ReadCacheTest, AnotherProcessMayCheckpointAndWriteAnew) {
    for (int i = 1; i <= 5; ++i) {
        EXPECT_EQ(read(*database_, 1), i - 1);
        const auto command = fmt::format(
            "sqlite3 '{}' 'PRAGMA wal_checkpoint(TRUNCATE)' 'UPDATE counter SET n = {}' >/dev/null",
            file().string(), i);
        ASSERT_EQ(std::system(command.c_str()), 0);
        EXPECT_EQ(read(*database_, 1), i);
    }
}

TEST_F(ReadCacheTest, UncommittedWritesAreNotSeen) {
    {
        auto transaction = run_task(database_->begin()).value();
        EXPECT_TRUE(run_task(transaction->query("UPDATE counter SET n = 7")).has_value());
        EXPECT_EQ(read(*database_, 1), 0);
        EXPECT_EQ(run_task(transaction->query(kRead, {std::int64_t{1}})).value().at(0).integer(0),
                  7);
    }
    EXPECT_EQ(read(*database_, 1), 0);
}

// Every thread sees at least what it committed itself, and never an older value than before.
TEST_F(ReadCacheTest, ReadersBesideWritersNeverGoBack) {
    const auto other = open();
    const auto count_up = [](Database& database, std::int64_t key) {
        for (std::int64_t i = 1; i <= 100; ++i) {
            write(database, key, i);
            EXPECT_EQ(read(database, key), i);
        }
    };
    const auto watch = [](Database& database, std::int64_t key) {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        for (std::int64_t last = 0; last < 100;) {
            ASSERT_LT(std::chrono::steady_clock::now(), patience) << "stuck at " << last;
            const auto now = read(database, key);
            EXPECT_GE(now, last);
            last = now;
        }
    };
    std::vector<std::jthread> threads;
    threads.emplace_back(count_up, std::ref(*database_), 1);
    threads.emplace_back(count_up, std::ref(*other), 2);
    threads.emplace_back(watch, std::ref(*database_), 1);
    threads.emplace_back(watch, std::ref(*database_), 2);
}

// The index is mapped by the first read.
const void* wal_index_of(SqliteConnection& connection) {
    EXPECT_TRUE(connection.query(kRead, {std::int64_t{1}}).has_value());
    return connection.wal_index();
}

struct OpenCache {
    explicit OpenCache(const std::filesystem::path& file)
        : connection(SqliteConnection::open(file, SqliteConnection::Role::writer).value()),
          cache(wal_index_of(*connection), 4 << 20) {}

    std::unique_ptr<SqliteConnection> connection;
    SqliteReadCache cache;
    std::shared_ptr<const Rows> rows = std::make_shared<const Rows>();
};

TEST_F(ReadCacheTest, AResultAnswersUntilTheNextCommit) {
    OpenCache opened(file());
    auto& cache = opened.cache;
    const auto before = cache.snapshot();
    ASSERT_TRUE(before.has_value());
    EXPECT_EQ(cache.find(*before, "key"), nullptr);
    cache.store(*before, "key", opened.rows, 10);
    EXPECT_EQ(cache.find(cache.snapshot().value(), "key"), opened.rows);
    write(*database_, 1, 1);
    const auto after = cache.snapshot();
    ASSERT_TRUE(after.has_value());
    EXPECT_NE(*before, *after);
    EXPECT_EQ(cache.find(*after, "key"), nullptr);
    cache.store(*after, "other", opened.rows, 10);
    EXPECT_EQ(cache.find(*after, "key"), nullptr);
    EXPECT_EQ(cache.find(*after, "other"), opened.rows);
}

TEST_F(ReadCacheTest, TheCacheIsBoundedInBytes) {
    OpenCache opened(file());
    auto& cache = opened.cache;
    const auto now = cache.snapshot().value();
    cache.store(now, "large", opened.rows, 1 << 20);
    EXPECT_EQ(cache.find(now, "large"), nullptr);
    constexpr int kEntries = 4096;
    for (int i = 0; i < kEntries; ++i)
        cache.store(now, std::to_string(i), opened.rows, 8 << 10);
    int found = 0;
    for (int i = 0; i < kEntries; ++i)
        found += cache.find(now, std::to_string(i)) != nullptr ? 1 : 0;
    EXPECT_GT(found, 0);
    EXPECT_LE(found, (4 << 20) / (8 << 10));
}

TEST_F(ReadCacheTest, KeysTellStatementsAndParametersApart) {
    const Bytes bytes{std::byte{'a'}};
    const std::vector<std::string> keys{
        SqliteReadCache::key("SELECT 1", {}),
        SqliteReadCache::key("SELECT 12", {}),
        SqliteReadCache::key("SELECT 1", {"a"}),
        SqliteReadCache::key("SELECT 1", {ByteView(bytes)}),
        SqliteReadCache::key("SELECT 1", {"a", ""}),
        SqliteReadCache::key("SELECT 1", {"", "a"}),
        SqliteReadCache::key("SELECT 1", {nullptr}),
        SqliteReadCache::key("SELECT 1", {std::int64_t{0}}),
        SqliteReadCache::key("SELECT 1", {0.0}),
    };
    for (std::size_t i = 0; i < keys.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_NE(keys[i], keys[j]) << i << " and " << j;
    EXPECT_EQ(SqliteReadCache::key("SELECT 1", {"a"}), keys[2]);
}

}  // namespace
}  // namespace siahub::db
