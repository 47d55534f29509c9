#pragma once
// Makes connections to PostgreSQL, blocking: the name look-up and the password's hashing take their
// time, so tasks call it on a work pool. Thread-safe.

#include "core/result.hpp"
#include "db/postgres.hpp"
#include "db/postgres_handles.hpp"

#include <string>

namespace siahub::db {

class PostgresConnector {
  public:
    PostgresConnector(std::string url, PostgresOptions options)
        : url_(std::move(url)), options_(std::move(options)) {}

    // A connection that refuses to write outside an explicit transaction. The error tells what
    // libpq says, hosts and users included: for the operator, not for clients.
    [[nodiscard]] Result<PgHandle> connect() const;
    // The same without these session settings, for migrations.
    [[nodiscard]] Result<PgHandle> connect_plain() const;

  private:
    std::string url_;
    PostgresOptions options_;
};

}  // namespace siahub::db
