#include "db/postgres_connector.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace siahub::db {
namespace {

// libpq's own message about a URL that it cannot read repeats parts of it, the password among them.
bool is_readable_url(const std::string& url) {
    char* message = nullptr;
    PQconninfoOption* parsed = PQconninfoParse(url.c_str(), &message);
    PQfreemem(message);
    PQconninfoFree(parsed);
    return parsed != nullptr;
}

std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    std::ranges::replace(text, '\n', ' ');
    return text;
}

// A server that hangs is noticed within a minute, and it notices clients that are gone.
std::string session_settings(const PostgresOptions& options) {
    return fmt::format(
        "SELECT set_config('default_transaction_read_only', 'on', false),"
        " set_config('default_transaction_isolation', 'read committed', false),"
        " set_config('statement_timeout', '{}', false),"
        " set_config('idle_in_transaction_session_timeout', '60s', false),"
        " set_config('client_connection_check_interval', '2s', false),"
        " set_config('jit', 'off', false)",
        options.statement_timeout.count());
}

}  // namespace

bool is_postgres_url(std::string_view url) {
    return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

Result<PgHandle> PostgresConnector::connect_plain() const {
    if (!is_postgres_url(url_) || !is_readable_url(url_))
        return fail(Code::invalid_argument,
                    "The database URL is not of the form postgresql://user@host:port/database");
    const auto timeout = std::to_string(options_.connect_timeout.count());
    // The URL comes last: what it says wins.
    const std::array<const char*, 9> names{
        "fallback_application_name", "connect_timeout",  "keepalives_idle",
        "keepalives_interval",       "keepalives_count", "tcp_user_timeout",
        "client_encoding",           "dbname",           nullptr};
    const std::array<const char*, 9> values{options_.application_name.c_str(),
                                            timeout.c_str(),
                                            "30",
                                            "10",
                                            "3",
                                            "30000",
                                            "UTF8",
                                            url_.c_str(),
                                            nullptr};
    PgHandle handle(PQconnectdbParams(names.data(), values.data(), 1));
    if (!handle) throw std::bad_alloc();
    // Notices go to standard error by default.
    PQsetNoticeProcessor(handle.get(), [](void*, const char*) {}, nullptr);
    if (PQstatus(handle.get()) != CONNECTION_OK)
        return fail(Code::unavailable,
                    "Cannot reach the database: " + one_line(PQerrorMessage(handle.get())));
    if (PQserverVersion(handle.get()) < 140000)
        return fail(Code::unavailable, "The database has to be PostgreSQL 14 or newer");
    return handle;
}

Result<PgHandle> PostgresConnector::connect() const {
    auto handle = TRY(connect_plain());
    const PgResultHandle set(PQexec(handle.get(), session_settings(options_).c_str()));
    if (PQresultStatus(set.get()) != PGRES_TUPLES_OK)
        return fail(Code::unavailable,
                    "Cannot set up a session: " + one_line(PQerrorMessage(handle.get())));
    return handle;
}

}  // namespace siahub::db
