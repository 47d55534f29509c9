#pragma once
// The PostgreSQL driver of Database, over libpq without blocking: a pool of connections that serves
// every io_context of the process; a call takes one, waits for its socket on the caller's own
// executor, and gives it back. When all are taken, callers wait in order.
//
// A server that goes away and comes back costs as little as can be: reads are repeated on a fresh
// connection, a new connection is tried for a few seconds before a call fails with
// Code::unavailable, and a transaction in flight fails with that code. A task that is cancelled or
// destroyed in the middle of a statement takes its connection with it.
//
// Opening brings the schema up to date and refuses a newer one. A role that may not change the
// schema gets the advice to run `siahub migrate`. Passwords are never logged nor part of an error;
// what the server says about a failed connection is logged and told at opening only.
// The Database outlives its transactions and every task that uses it.

#include "core/clock.hpp"
#include "core/log.hpp"
#include "db/database.hpp"
#include "db/migration_report.hpp"

namespace siahub::db {

struct PostgresOptions {
    std::string application_name = "siahub";
    // At least 2: one is always left for reads that a transaction's owner makes beside it.
    std::size_t connections = 16;
    std::chrono::seconds connect_timeout{5};
    // The server stops longer statements; one that says nothing for a little longer than that is
    // taken to be gone. 0: waits for ever.
    std::chrono::milliseconds statement_timeout{60'000};
    // How long calls wait for a server that went away before they fail at once.
    std::chrono::milliseconds patience{3'000};
};

// "postgresql://user@host:port/database?…" as libpq reads it: sslmode, passfile,
// host=/run/postgresql and so on.
Result<std::unique_ptr<Database>> open_postgres(const std::string& url, const Clock& clock,
                                                const Log& log,
                                                const PostgresOptions& options = {});

// What `siahub migrate` does.
Result<MigrationReport> migrate_postgres(const std::string& url, const Clock& clock);

bool is_postgres_url(std::string_view url);

}  // namespace siahub::db
