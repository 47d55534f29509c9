#include "db/postgres_grants.hpp"

#include "db/postgres_connector.hpp"
#include "db/postgres_session.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace siahub::db {

Result<void> grant_exactly(const std::string& url, std::string_view role,
                           const TableRights& rights) {
    PostgresSession session(TRY(PostgresConnector(url, {}).connect_plain()));
    const auto schema = session.run("SELECT current_schema()");
    if (!schema) return Failure(schema.error().error);
    const auto to = session.quoted(role);
    const auto in = session.quoted(*schema);
    const auto granted = session.run(
        fmt::format("BEGIN; GRANT USAGE ON SCHEMA {1} TO {0};"
                    "REVOKE ALL ON ALL TABLES IN SCHEMA {1} FROM {0};"
                    "GRANT SELECT ON {2} TO {0}; GRANT INSERT ON {3} TO {0}; COMMIT",
                    to, in, fmt::join(rights.read, ", "), fmt::join(rights.append, ", ")));
    if (granted) return {};
    if (session.state() == "42704")
        return fail(Code::not_found, fmt::format("The database has no role {}. CREATE ROLE {} "
                                                 "LOGIN makes one",
                                                 role, to));
    return Failure(granted.error().error);
}

}  // namespace siahub::db
