#pragma once
// One interface for every database. SQL is written once, in the subset that SQLite and PostgreSQL
// share ($1 parameters, ON CONFLICT, RETURNING; CONTRIBUTING.md lists the traps); statements are
// prepared once per connection, keyed by their text, so pass string literals.
//
// Threads: Database may be used from any thread. A Transaction belongs to the task that began it.
// Cost: to SQLite a plain query() is a point read of some microseconds, run on the caller's thread,
// because a hop to another thread costs more than the read. Say Weight::scan for anything that may
// touch more than about a hundred rows; that runs on a reader thread. To PostgreSQL every call is a
// round trip and none holds up the thread.

#include "core/bytes.hpp"
#include "core/cache_stats.hpp"
#include "core/task.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace siahub::db {

// A parameter. Views must outlive the call. Text is UTF-8 without NUL; ByteView is BYTEA/BLOB.
using Param = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, ByteView>;
using Params = std::vector<Param>;

// A result column's value.
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string, Bytes>;

class Row {
  public:
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
    // Asking for another type than the column has is a bug and throws std::bad_variant_access.
    [[nodiscard]] bool is_null(std::size_t column) const;
    [[nodiscard]] std::int64_t integer(std::size_t column) const;
    [[nodiscard]] bool boolean(std::size_t column) const { return integer(column) != 0; }
    [[nodiscard]] const std::string& text(std::size_t column) const;
    [[nodiscard]] const Bytes& blob(std::size_t column) const;

  private:
    std::vector<Value> values_;
};

using Rows = std::vector<Row>;

enum class Weight { point, scan };

// How transactions that run at once see each other. SQLite has one at a time, so there it says
// nothing; to PostgreSQL it is the difference between trying again and waiting.
enum class Isolation {
    // As if one ran after the other. Whoever loses a race fails and is run again by transact().
    serializable,
    // Every statement sees what was committed before it; a row that another transaction changed is
    // waited for, in order, and read again. For transactions whose first statement locks the row
    // that all competitors lock (hub/repo_lock.hpp), and for those that only insert what is
    // missing.
    read_committed,
};

// Whether a transaction that failed may succeed when its work is done again from the start.
enum class Retry { no, few_times, yes };

// Rolls back when destroyed before commit(); after an error that is all that is left to do. Errors:
// Code::conflict on a violated constraint, Code::unavailable when the database is busy or away,
// Code::invalid_argument for text that is not UTF-8 without NUL, Code::internal otherwise.
class Transaction {
  public:
    virtual ~Transaction() = default;
    virtual Task<Result<Rows>> query(std::string_view sql, Params params = {}) = 0;
    // The statement once per element, without holding up the caller's thread; the number of rows
    // changed. The statement returns no rows.
    virtual Task<Result<std::int64_t>> execute_many(std::string_view sql,
                                                    std::span<const Params> batch) = 0;
    virtual Task<Result<void>> commit() = 0;  // durable when it returns
    // After an error.
    [[nodiscard]] virtual Retry retry() const { return Retry::no; }
};

// For metrics.
struct DatabaseStats {
    std::size_t connections = 0;  // there may be so many
    std::size_t in_use = 0;
    std::size_t waiting = 0;    // tasks, for a connection or for their turn to write
    std::uint64_t taken = 0;    // connections, or turns to write, so far
    double waited_seconds = 0;  // for all of them together
    CacheStats reads;           // of a cache of results, where there is one
};

class Database {
  public:
    virtual ~Database() = default;
    // One read outside a transaction.
    virtual Task<Result<Rows>> query(std::string_view sql, Params params = {},
                                     Weight weight = Weight::point) = 0;
    // A read-write transaction. SQLite has one at a time; others wait in order. Work that may have
    // to be done again goes through transact() (db/transact.hpp), which calls this.
    virtual Task<Result<std::unique_ptr<Transaction>>> begin(
        Isolation isolation = Isolation::serializable) = 0;
    // One write in a transaction of its own.
    virtual Task<Result<Rows>> execute(std::string_view sql, Params params = {});
    [[nodiscard]] virtual DatabaseStats stats() const { return {}; }
};

}  // namespace siahub::db
