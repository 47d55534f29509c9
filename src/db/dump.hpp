#pragma once
// Whole databases, row by row, out of one and into another, whichever kind they are: what backup
// and restore stand on. Everything here blocks and holds one row (and some buffers) in memory.
//
// A Snapshot sees the database as it was at one moment, beside a hub that goes on writing. A Loader
// is one transaction: until commit() the database stays as it was, whatever happens.
// Errors: not_found when there is no database; conflict when the target holds something already or
// has another schema; invalid_argument when the schema is newer than this program; unavailable;
// internal when a row does not fit the schema. Sentences are for the operator.

#include "core/clock.hpp"
#include "db/schema_shape.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>

namespace siahub::db {

// Where a hub's database is: PostgreSQL if there is a URL, else SQLite.
struct Place {
    std::filesystem::path file;
    std::string url;
    [[nodiscard]] bool is_postgres() const { return !url.empty(); }
};

// A row, in the order of the table's columns. What is handed over may be taken apart.
using RowSink = std::function<Result<void>(std::vector<Value>& row)>;

class Snapshot {
  public:
    virtual ~Snapshot() = default;
    [[nodiscard]] virtual std::int64_t schema_version() const = 0;
    // Every row as it was when the snapshot was opened, in no order.
    virtual Result<void> each_row(const TableShape& table, const RowSink& sink) = 0;
    // A read whose answer is small. After an error the snapshot may be of no more use.
    virtual Result<Rows> query(std::string_view sql, const Params& params) = 0;
};

class Loader {
  public:
    virtual ~Loader() = default;
    // One table after the other: begin, rows, end.
    virtual Result<void> begin_table(const TableShape& table) = 0;
    virtual Result<void> add(std::span<const Value> row) = 0;
    virtual Result<void> end_table() = 0;
    virtual Result<void> commit() = 0;
};

// Held by whoever copies a whole database: many may read one, one may replace it, and not both at
// once, whichever hosts they are on. A SQLite file has no need of it: it lies in a directory that
// its users lock. Errors: conflict.
enum class Use { reads, replaces };
class Claim {
  public:
    virtual ~Claim() = default;
};
Result<std::unique_ptr<Claim>> claim(const Place& place, Use use);

Result<std::unique_ptr<Snapshot>> open_snapshot(const Place& place);
// The name of a table with rows in it; none when the database is empty or not there at all.
Result<std::optional<std::string>> find_occupied_table(const Place& place);
// Gives a database without rows this schema first.
Result<std::unique_ptr<Loader>> open_loader(const Place& place, std::int64_t schema_version,
                                            const Clock& clock);
// From the version it has to the newest.
Result<void> bring_to_newest(const Place& place, const Clock& clock);

}  // namespace siahub::db
