#pragma once
// A blocking connection to PostgreSQL, for what happens before and beside serving: migrations,
// grants. Closing it lets go of locks and open transactions.

#include "db/postgres_failure.hpp"
#include "db/postgres_handles.hpp"

namespace siahub::db {

class PostgresSession {
  public:
    explicit PostgresSession(PgHandle handle) : handle_(std::move(handle)) {}

    // Any number of statements; the first column of the first row of the last one, if any.
    PgResult<std::string> run(const std::string& sql);
    // SQLSTATE of the statement that failed last.
    [[nodiscard]] const std::string& state() const { return state_; }
    // A name as it stands in a statement.
    [[nodiscard]] std::string quoted(std::string_view name) const;

  private:
    PgHandle handle_;
    std::string state_;
};

}  // namespace siahub::db
