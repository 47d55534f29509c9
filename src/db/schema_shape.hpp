#pragma once
// The tables of a schema version as its migrations make them, for those who copy whole databases:
// derived from the scripts, so that a table of a later migration cannot be forgotten. Both
// databases have the same tables and columns. schema_migrations is not among them.

#include "core/result.hpp"
#include "db/database.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::db {

enum class ColumnType { integer, real, text, blob };

struct ColumnShape {
    std::string name;
    ColumnType type = ColumnType::integer;

    friend bool operator==(const ColumnShape&, const ColumnShape&) = default;
};

struct TableShape {
    std::string name;
    std::vector<ColumnShape> columns;

    [[nodiscard]] bool has_column(std::string_view column) const;
    // Of a column that it has.
    [[nodiscard]] std::size_t position(std::string_view column) const;
    [[nodiscard]] std::string column_list() const;  // "a, b, c"

    friend bool operator==(const TableShape&, const TableShape&) = default;
};

std::int64_t newest_schema_version();
// By name. Errors: invalid_argument when this program does not know the version.
Result<std::vector<TableShape>> schema_at(std::int64_t version);

// "integer"; what files call a type.
std::string_view name_of(ColumnType type);
std::optional<ColumnType> parse_column_type(std::string_view name);
// Whether the column can hold the value in every database; NULL is checked by the database.
bool fits(ColumnType type, const Value& value);

}  // namespace siahub::db
