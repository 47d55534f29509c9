#pragma once
// What went wrong on a connection to PostgreSQL, by SQLSTATE (its documentation, appendix "Error
// Codes"). The sentence reaches clients: it holds what the server says about a statement, and
// nothing of where the server is.

#include "db/database.hpp"

#include <libpq-fe.h>

namespace siahub::db {

struct PgFailure {
    Error error;
    Retry retry = Retry::no;
    bool connection_lost = false;
};

template <class T>
using PgResult = std::expected<T, PgFailure>;

PgFailure failure_of(const PGresult* result);
PgFailure lost_connection();
// The connection was lost after COMMIT was sent.
Failure unknown_outcome();

}  // namespace siahub::db
