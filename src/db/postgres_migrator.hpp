#pragma once
// Brings the schema of a PostgreSQL database up to date, each script in a transaction of its own
// with its row in schema_migrations. Many processes may do this at once: an advisory lock lets one
// work, the others wait and find nothing to do. A schema that is up to date is only read, so a role
// without rights on it can open the database; a newer one is refused. Blocks.

#include "core/clock.hpp"
#include "db/migration_report.hpp"
#include "db/migrations.hpp"
#include "db/postgres_connector.hpp"

#include <span>

namespace siahub::db {

Result<MigrationReport> bring_up_to_date(const PostgresConnector& connector,
                                         std::span<const Migration> migrations, const Clock& clock);

// A script with text columns that sort and compare by their bytes, as SQLite's do, whatever the
// database was created with.
std::string with_byte_order(std::string_view sql);

}  // namespace siahub::db
