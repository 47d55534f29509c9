#include "db/postgres_failure.hpp"

namespace siahub::db {
namespace {

std::string_view field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? std::string_view() : text;
}

bool ends_the_connection(std::string_view state) {
    // Closed by the administrator, a crash, a shutdown, or for idling in a transaction.
    return state.empty() || state == "57P01" || state == "57P02" || state == "57P03" ||
           state == "57P05" || state == "25P03" || (state.starts_with("08") && state != "08P01");
}

Retry retry_of(std::string_view state) {
    if (state == "40001" || state == "40P01") return Retry::yes;
    // Somebody inserted the same key between a look and an insert: a second look will see it.
    if (state == "23505") return Retry::few_times;
    return Retry::no;
}

Code code_of(std::string_view state) {
    if (state.starts_with("23")) return Code::conflict;
    if (state == "22021" || state == "22P05") return Code::invalid_argument;
    // Lost races, lack of resources, timeouts and cancelled statements, a server that only reads.
    for (const std::string_view beginning : {"40", "53", "55", "57", "58"})
        if (state.starts_with(beginning)) return Code::unavailable;
    return Code::internal;
}

}  // namespace

PgFailure lost_connection() {
    return {
        .error = {Code::unavailable, "Database: the connection to the server was lost; try again."},
        .connection_lost = true};
}

Failure unknown_outcome() {
    return fail(Code::unavailable,
                "Database: the connection was lost while the change was being saved. Try again: "
                "what was saved already is not done twice.");
}

PgFailure failure_of(const PGresult* result) {
    const auto state = field(result, PG_DIAG_SQLSTATE);
    if (ends_the_connection(state)) return lost_connection();
    return {.error = {code_of(state),
                      "Database: " + std::string(field(result, PG_DIAG_MESSAGE_PRIMARY)) + "."},
            .retry = retry_of(state)};
}

}  // namespace siahub::db
