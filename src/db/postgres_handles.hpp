#pragma once
// Owners of what libpq allocates.

#include <memory>

#include <libpq-fe.h>

namespace siahub::db {

struct CloseConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using PgHandle = std::unique_ptr<PGconn, CloseConnection>;
using PgResultHandle = std::unique_ptr<PGresult, ClearResult>;

}  // namespace siahub::db
