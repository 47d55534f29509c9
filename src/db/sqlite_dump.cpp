#include "db/sqlite_dump.hpp"

#include "db/migrations.hpp"
#include "db/schema_version.hpp"
#include "db/sqlite_connection.hpp"
#include "db/sqlite_migrator.hpp"

#include <fmt/format.h>

namespace siahub::db {
namespace {

using ConnectionPtr = std::unique_ptr<SqliteConnection>;

Result<std::int64_t> version_of(SqliteConnection& connection) {
    const auto there =
        TRY(connection.query("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'"));
    if (there.empty()) return 0;
    return TRY(connection.query("SELECT COALESCE(MAX(version), 0) FROM schema_migrations"))
        .at(0)
        .integer(0);
}

class SqliteSnapshot final : public Snapshot {
  public:
    SqliteSnapshot(ConnectionPtr connection, std::int64_t version)
        : connection_(std::move(connection)), version_(version) {}

    [[nodiscard]] std::int64_t schema_version() const override { return version_; }

    Result<void> each_row(const TableShape& table, const RowSink& sink) override {
        return connection_->each(
            fmt::format("SELECT {} FROM {}", table.column_list(), table.name),
            [&](std::vector<Value>& row) -> Result<void> {
                for (std::size_t i = 0; i < row.size(); ++i) {
                    const auto& column = table.columns[i];
                    if (!std::holds_alternative<std::nullptr_t>(row[i]) &&
                        !fits(column.type, row[i]))
                        return fail(Code::internal,
                                    fmt::format("A row of the table {} holds in {} something that "
                                                "is not {}",
                                                table.name, column.name, name_of(column.type)));
                }
                return sink(row);
            });
    }

    Result<Rows> query(std::string_view sql, const Params& params) override {
        return connection_->query(sql, params);
    }

  private:
    ConnectionPtr connection_;
    std::int64_t version_;
};

struct AsParam {
    Param operator()(std::nullptr_t) const { return nullptr; }
    Param operator()(std::int64_t value) const { return value; }
    Param operator()(double value) const { return value; }
    Param operator()(const std::string& value) const { return std::string_view(value); }
    Param operator()(const Bytes& value) const { return ByteView(value); }
};

class SqliteLoader final : public Loader {
  public:
    explicit SqliteLoader(ConnectionPtr connection) : connection_(std::move(connection)) {}

    Result<void> begin_table(const TableShape& table) override {
        std::string places;
        for (std::size_t i = 1; i <= table.columns.size(); ++i)
            places += fmt::format("{}${}", i == 1 ? "" : ", ", i);
        insert_ =
            fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name, table.column_list(), places);
        return {};
    }
    Result<void> add(std::span<const Value> row) override {
        Params params;
        params.reserve(row.size());
        for (const Value& value : row)
            params.push_back(std::visit(AsParam(), value));
        TRY(connection_->query(insert_, params));
        return {};
    }
    Result<void> end_table() override { return {}; }
    Result<void> commit() override { return connection_->run_script("COMMIT"); }

  private:
    ConnectionPtr connection_;
    std::string insert_;
};

}  // namespace

Result<std::unique_ptr<Snapshot>> open_sqlite_snapshot(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file))
        return fail(Code::not_found, "There is no database " + file.string());
    auto connection = TRY(SqliteConnection::open(file, SqliteConnection::Role::reader));
    // The first read inside fixes what all others see.
    TRY(connection->run_script("BEGIN"));
    const auto version = TRY(version_of(*connection));
    TRY(check_schema_version(version, embedded_migrations()));
    return std::make_unique<SqliteSnapshot>(std::move(connection), version);
}

Result<std::optional<std::string>> find_occupied_sqlite_table(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return std::nullopt;
    const auto connection = TRY(SqliteConnection::open(file, SqliteConnection::Role::reader));
    const auto tables =
        TRY(connection->query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT "
                              "LIKE 'sqlite_%' AND name <> 'schema_migrations' ORDER BY name"));
    for (const auto& table : tables)
        if (!TRY(connection->query(fmt::format("SELECT 1 FROM {} LIMIT 1", table.text(0)))).empty())
            return table.text(0);
    return std::nullopt;
}

Result<std::unique_ptr<Loader>> open_sqlite_loader(const std::filesystem::path& file,
                                                   std::int64_t schema_version,
                                                   const Clock& clock) {
    auto connection = TRY(SqliteConnection::open(file, SqliteConnection::Role::writer));
    const auto before = TRY(version_of(*connection));
    if (before != 0 && before != schema_version)
        return fail(Code::conflict,
                    fmt::format("{} has schema version {}, the rows are of version {}",
                                file.string(), before, schema_version));
    TRY(migrate(*connection, embedded_migrations().first(static_cast<std::size_t>(schema_version)),
                clock));
    TRY(connection->run_script("PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE"));
    return std::make_unique<SqliteLoader>(std::move(connection));
}

}  // namespace siahub::db
