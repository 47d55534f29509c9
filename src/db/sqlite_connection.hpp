#pragma once
// One connection to SQLite with its cache of prepared statements. Synchronous; used by one thread
// at a time, not always the same. Errors as Database states them.

#include "db/database.hpp"

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace siahub::db {

class SqliteConnection {
  public:
    enum class Role { writer, reader };

    static Result<std::unique_ptr<SqliteConnection>> open(const std::filesystem::path& file,
                                                          Role role);
    ~SqliteConnection();
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    Result<Rows> query(std::string_view sql, const Params& params = {});
    // Hands over one row after the other, so that only one is held. Stops at the first failure.
    Result<void> each(std::string_view sql,
                      const std::function<Result<void>(std::vector<Value>& row)>& take);
    // The statement once per element; the number of rows changed.
    Result<std::int64_t> execute_many(std::string_view sql, std::span<const Params> batch);
    // Several statements without parameters or results.
    Result<void> run_script(std::string_view sql);
    // How long a statement waits for a lock that another connection holds.
    void set_busy_timeout(std::chrono::milliseconds timeout);
    [[nodiscard]] bool in_transaction() const;
    // About how much memory the rows of the last query take.
    [[nodiscard]] std::size_t result_bytes() const { return result_bytes_; }
    // Where the WAL index is mapped; null without one and before the first read. Valid while this
    // connection is open.
    [[nodiscard]] const void* wal_index() const;

  private:
    struct Close {
        void operator()(sqlite3* db) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    struct Statement {
        std::unique_ptr<sqlite3_stmt, Finalize> handle;
        std::vector<std::size_t> numbers;  // of the parameter at each bind position: 1 is $1
    };

    explicit SqliteConnection(sqlite3* db) : db_(db) {}
    Result<void> configure(Role role);
    Result<Statement*> prepare(std::string_view sql);
    Result<void> bind(Statement& statement, const Params& params);
    Result<Rows> step_all(sqlite3_stmt* statement);
    [[nodiscard]] Failure failure() const;

    std::unique_ptr<sqlite3, Close> db_;
    // Texts are literals of the program, so the cache is bounded by it; the limit is for the day
    // when somebody builds SQL at run time.
    std::unordered_map<std::string_view, Statement> statements_;
    std::list<std::string> texts_;  // what the keys view
    std::size_t result_bytes_ = 0;
};

}  // namespace siahub::db
