#include "db/schema_shape.hpp"

#include "core/clock.hpp"
#include "db/migrations.hpp"
#include "db/sqlite_connection.hpp"
#include "db/sqlite_migrator.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace siahub::db {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"integer", "real", "text", "blob"};

Result<ColumnType> declared_type(const std::string& table, const std::string& column,
                                 std::string_view declared) {
    if (declared == "BIGINT") return ColumnType::integer;
    if (declared == "DOUBLE PRECISION") return ColumnType::real;
    if (declared == "TEXT") return ColumnType::text;
    if (declared == "BYTEA") return ColumnType::blob;
    return fail(Code::internal, fmt::format("The schema declares {}.{} as {}, which cannot be "
                                            "copied between databases",
                                            table, column, declared));
}

Result<TableShape> shape_of(SqliteConnection& connection, const std::string& table) {
    TableShape shape{.name = table, .columns = {}};
    const auto rows = TRY(connection.query(
        "SELECT name, type FROM pragma_table_info($1) ORDER BY cid", {std::string_view(table)}));
    for (const auto& row : rows)
        shape.columns.push_back(
            {.name = row.text(0), .type = TRY(declared_type(table, row.text(0), row.text(1)))});
    return shape;
}

}  // namespace

bool TableShape::has_column(std::string_view column) const {
    return std::ranges::find(columns, column, &ColumnShape::name) != columns.end();
}

std::size_t TableShape::position(std::string_view column) const {
    return static_cast<std::size_t>(std::ranges::find(columns, column, &ColumnShape::name) -
                                    columns.begin());
}

std::string TableShape::column_list() const {
    std::string list;
    for (const auto& column : columns)
        list += (list.empty() ? "" : ", ") + column.name;
    return list;
}

std::int64_t newest_schema_version() {
    return std::ssize(embedded_migrations());
}

Result<std::vector<TableShape>> schema_at(std::int64_t version) {
    if (version < 1 || version > newest_schema_version())
        return fail(Code::invalid_argument,
                    fmt::format("This program does not know schema version {}", version));
    const auto connection = TRY(SqliteConnection::open(":memory:", SqliteConnection::Role::writer));
    TRY(migrate(*connection, embedded_migrations().first(static_cast<std::size_t>(version)),
                SystemClock()));
    const auto names = TRY(
        connection->query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                          "'sqlite_%' AND name <> 'schema_migrations' ORDER BY name"));
    std::vector<TableShape> shapes;
    shapes.reserve(names.size());
    for (const auto& row : names)
        shapes.push_back(TRY(shape_of(*connection, row.text(0))));
    return shapes;
}

std::string_view name_of(ColumnType type) {
    return kNames.at(static_cast<std::size_t>(type));
}

std::optional<ColumnType> parse_column_type(std::string_view name) {
    const auto* const found = std::ranges::find(kNames, name);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<ColumnType>(found - kNames.begin());
}

bool fits(ColumnType type, const Value& value) {
    switch (type) {
        case ColumnType::integer:
            return std::holds_alternative<std::int64_t>(value);
        case ColumnType::real:
            return std::holds_alternative<double>(value);
        case ColumnType::text:
            return std::holds_alternative<std::string>(value);
        case ColumnType::blob:
            return std::holds_alternative<Bytes>(value);
    }
    return false;
}

}  // namespace siahub::db
