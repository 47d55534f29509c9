#include "db/postgres_session.hpp"

namespace siahub::db {

PgResult<std::string> PostgresSession::run(const std::string& sql) {
    state_.clear();
    const PgResultHandle result(PQexec(handle_.get(), sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        state_ = state == nullptr ? "" : state;
        return std::unexpected(failure_of(result.get()));
    }
    if (PQntuples(result.get()) == 0) return "";
    return PQgetvalue(result.get(), 0, 0);
}

std::string PostgresSession::quoted(std::string_view name) const {
    char* text = PQescapeIdentifier(handle_.get(), name.data(), name.size());
    if (text == nullptr) throw std::bad_alloc();
    std::string out(text);
    PQfreemem(text);
    return out;
}

}  // namespace siahub::db
