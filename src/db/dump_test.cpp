// Whole databases out of one and into another; with_postgres.sh adds the other kind to both ends.

#include "db/dump.hpp"

#include "core/run_task.hpp"
#include "db/copy_format.hpp"
#include "db/migrations.hpp"
#include "db/test_database.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace siahub::db {
namespace {

using Contents = std::map<std::string, std::vector<std::vector<Value>>>;

Value sample(ColumnType type, std::int64_t seed) {
    switch (type) {
        case ColumnType::integer:
            return seed % 2 == 0 ? std::numeric_limits<std::int64_t>::min() + seed
                                 : std::numeric_limits<std::int64_t>::max() - seed;
        case ColumnType::real:
            return 0.1 + static_cast<double>(seed);
        case ColumnType::text:
            return seed == 0 ? std::string() : fmt::format("Zoë \\N \t\n 模型 {}", seed);
        case ColumnType::blob:
            return seed == 0 ? Bytes() : Bytes(32, static_cast<std::byte>(seed));
    }
    return nullptr;
}

// What went wrong is worth reading.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

struct Render {
    std::string operator()(std::nullptr_t) const { return "null "; }
    std::string operator()(std::int64_t value) const { return fmt::format("integer {} ", value); }
    std::string operator()(double value) const { return fmt::format("real {} ", value); }
    std::string operator()(const std::string& value) const { return "text " + value; }
    std::string operator()(const Bytes& value) const {
        return "blob " + std::string(as_chars(value));
    }
    std::string operator()(const std::vector<Value>& row) const {
        std::string text;
        for (const Value& value : row)
            text += std::visit(*this, value);
        return text;
    }
};

Place sqlite_in(const TempDir& dir) {
    return {.file = dir.path() / "hub.db", .url = {}};
}

void load(const Place& place, const Contents& contents, std::int64_t version) {
    auto loader = must(open_loader(place, version, SystemClock()));
    for (const auto& table : schema_at(version).value()) {
        must(loader->begin_table(table));
        for (const auto& row : contents.at(table.name))
            must(loader->add(row));
        must(loader->end_table());
    }
    must(loader->commit());
}

// Three rows in every table.
Contents samples(std::int64_t version) {
    Contents contents;
    for (const auto& table : schema_at(version).value())
        for (std::int64_t i = 0; i < 3; ++i) {
            std::vector<Value> row;
            for (const auto& column : table.columns)
                row.push_back(sample(column.type, i));
            contents[table.name].push_back(std::move(row));
        }
    contents.at("repo_trees")[1][2] = Bytes(3'000'000, std::byte{0xfe});
    // NULL in columns that allow it.
    auto& log = contents.at("usage_log");
    log[1][3] = log[2][4] = nullptr;
    return contents;
}

Contents dump(const Place& place) {
    Contents contents;
    const auto snapshot = open_snapshot(place).value();
    for (const auto& table : schema_at(snapshot->schema_version()).value()) {
        auto& rows = contents[table.name];
        snapshot
            ->each_row(table,
                       [&](std::vector<Value>& row) -> Result<void> {
                           rows.push_back(row);
                           return {};
                       })
            .value();
        std::ranges::sort(rows, {}, Render());
    }
    return contents;
}

Contents sorted(Contents contents) {
    for (auto& [table, rows] : contents)
        std::ranges::sort(rows, {}, Render());
    return contents;
}

// One without tables, of the kind that this run tests.
class DumpTest : public ::testing::Test {
  protected:
    [[nodiscard]] Place other() const {
        return TestDatabase::on_postgres() ? Place{.file = {}, .url = database_.url()}
                                           : Place{.file = database_.file(), .url = {}};
    }

    TempDir dir_;
    TestDatabase database_{"template0"};
};

TEST_F(DumpTest, CarriesEveryValueThereAndBack) {
    const auto version = newest_schema_version();
    const auto contents = samples(version);
    load(sqlite_in(dir_), contents, version);
    const auto first = dump(sqlite_in(dir_));
    EXPECT_EQ(first, sorted(contents));
    load(other(), first, version);
    EXPECT_EQ(dump(other()), first);
    const TempDir third;
    load(sqlite_in(third), dump(other()), version);
    EXPECT_EQ(dump(sqlite_in(third)), first);
}

// A table that a migration adds is copied without anybody's doing.
TEST_F(DumpTest, KnowsEveryTableOfTheDatabase) {
    const auto database = database_.try_open().value();
    const auto* const tables =
        TestDatabase::on_postgres()
            ? "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM "
              "information_schema.columns WHERE table_schema = 'public' "
              "AND table_name <> 'schema_migrations'"
            : "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE "
              "t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'schema_migrations'";
    std::vector<std::pair<std::string, std::string>> there;
    for (const auto& row : run_task(database->query(tables, {}, Weight::scan)).value())
        there.emplace_back(row.text(0), row.text(1));
    std::vector<std::pair<std::string, std::string>> known;
    for (const auto& table : schema_at(newest_schema_version()).value())
        for (const auto& column : table.columns)
            known.emplace_back(table.name, column.name);
    std::ranges::sort(there);
    std::ranges::sort(known);
    EXPECT_EQ(known, there);
}

TEST_F(DumpTest, SeesOneMomentWhileOthersWrite) {
    const auto database = database_.try_open().value();
    const auto add = [&](std::int64_t id) {
        (void)run_task(database->execute("INSERT INTO repo_downloads (repo_id, day, count) "
                                         "VALUES ($1, 0, 0)",
                                         {id}))
            .value();
    };
    add(1);
    const auto snapshot = open_snapshot(other()).value();
    add(2);
    std::vector<Value> seen;
    for (const auto& table : schema_at(snapshot->schema_version()).value())
        if (table.name == "repo_downloads")
            snapshot
                ->each_row(table,
                           [&](std::vector<Value>& row) -> Result<void> {
                               seen.push_back(row[table.position("repo_id")]);
                               add(std::ssize(seen) + 10);  // the snapshot holds up nobody
                               return {};
                           })
                .value();
    EXPECT_EQ(seen, std::vector<Value>{std::int64_t{1}});
}

TEST_F(DumpTest, AnswersSmallQuestions) {
    const auto database = database_.try_open().value();
    const auto snapshot = must(open_snapshot(other()));
    const auto rows =
        must(snapshot->query("SELECT MAX(version) + $1 FROM schema_migrations "
                             "WHERE name <> $2",
                             {std::int64_t{5}, std::string_view("x")}));
    EXPECT_EQ(rows.at(0).integer(0), newest_schema_version() + 5);
    EXPECT_FALSE(snapshot->query("SELECT nonsense", {}));
}

TEST_F(DumpTest, AnUncommittedLoadLeavesNothing) {
    const auto version = newest_schema_version();
    {
        auto loader = must(open_loader(other(), version, SystemClock()));
        const auto tables = schema_at(version).value();
        const auto contents = samples(version);
        must(loader->begin_table(tables.front()));
        for (const auto& row : contents.at(tables.front().name))
            must(loader->add(row));
        must(loader->end_table());
    }
    EXPECT_EQ(find_occupied_table(other()).value(), std::nullopt);
}

TEST_F(DumpTest, NamesATableThatIsOccupied) {
    EXPECT_EQ(find_occupied_table(other()).value(), std::nullopt);
    const auto database = database_.try_open().value();
    EXPECT_EQ(find_occupied_table(other()).value(), std::nullopt);
    (void)run_task(database->execute("INSERT INTO repo_downloads (repo_id, day, count) "
                                     "VALUES (1, 2, 3)"))
        .value();
    EXPECT_EQ(find_occupied_table(other()).value(), "repo_downloads");
}

TEST_F(DumpTest, LoadsAnOlderSchemaAndBringsItToTheNewest) {
    load(other(), samples(1), 1);
    EXPECT_EQ(open_snapshot(other()).value()->schema_version(), 1);
    bring_to_newest(other(), SystemClock()).value();
    EXPECT_EQ(open_snapshot(other()).value()->schema_version(), newest_schema_version());
    const auto refused = open_loader(other(), 1, SystemClock());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::conflict);
}

TEST_F(DumpTest, RefusesASchemaFromTheFuture) {
    const auto database = database_.try_open().value();
    (void)run_task(database->execute("INSERT INTO schema_migrations (version, name, applied_at) "
                                     "VALUES (9999, 'future', 0)"))
        .value();
    const auto refused = open_snapshot(other());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("9999"), std::string::npos);
}

TEST(CopyFormat, TakesPiecesOfAnySizeAndRefusesNonsense) {
    const auto table = schema_at(1).value().front();
    CopyWriter writer;
    std::vector<std::vector<Value>> rows;
    for (std::int64_t i = 0; i < 3; ++i) {
        auto& row = rows.emplace_back();
        for (const auto& column : table.columns)
            row.push_back(column.type == ColumnType::blob ? Value(Bytes(5, std::byte{1}))
                                                          : sample(column.type, i));
        row.back() = nullptr;
        writer.add(row);
    }
    writer.end();
    const std::string whole(writer.pending());
    std::vector<std::vector<Value>> got;
    const RowSink sink = [&](std::vector<Value>& row) -> Result<void> {
        got.push_back(row);
        return {};
    };
    CopyReader reader(table);
    for (const char c : whole)
        reader.feed({&c, 1}, sink).value();
    EXPECT_TRUE(reader.ended());
    EXPECT_EQ(got, rows);
    EXPECT_FALSE(reader.feed("x", sink));
    for (const auto at : {0UL, 12UL, 19UL}) {
        auto damaged = whole;
        damaged[at] = '\x7e';
        CopyReader other(table);
        EXPECT_FALSE(other.feed(damaged, sink)) << at;
    }
}

}  // namespace
}  // namespace siahub::db
