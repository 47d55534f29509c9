#pragma once
// Brings the schema of a SQLite file up to date, in one transaction, recording every script in
// schema_migrations. Several processes may do this to one file at once: one works, the others wait
// and find nothing to do. A file with a newer schema than the program's is refused.

#include "core/clock.hpp"
#include "db/migration_report.hpp"
#include "db/migrations.hpp"
#include "db/sqlite_connection.hpp"

namespace siahub::db {

Result<MigrationReport> migrate(SqliteConnection& connection, std::span<const Migration> migrations,
                                const Clock& clock);

}  // namespace siahub::db
