#include "db/sqlite_migrator.hpp"

#include "db/schema_version.hpp"

#include <fmt/format.h>

namespace siahub::db {
namespace {

Result<std::int64_t> current_version(SqliteConnection& connection) {
    TRY(
        connection.run_script("CREATE TABLE IF NOT EXISTS schema_migrations ("
                              "version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
                              "applied_at BIGINT NOT NULL)"));
    const auto rows =
        TRY(connection.query("SELECT COALESCE(MAX(version), 0) FROM schema_migrations"));
    return rows.at(0).integer(0);
}

Result<void> apply(SqliteConnection& connection, const Migration& migration, UnixMillis now) {
    TRY(connection.run_script(migration.sql));
    TRY(
        connection.query("INSERT INTO schema_migrations (version, name, applied_at) "
                         "VALUES ($1, $2, $3)",
                         {migration.version, migration.name, now}));
    return {};
}

Result<MigrationReport> apply_missing(SqliteConnection& connection,
                                      std::span<const Migration> migrations, UnixMillis now) {
    const auto current = TRY(current_version(connection));
    MigrationReport report{.before = current, .after = current};
    TRY(check_schema_version(current, migrations));
    for (const Migration& migration : migrations) {
        if (migration.version <= current) continue;
        if (auto applied = apply(connection, migration, now); !applied) {
            return fail(applied.error().code,
                        fmt::format("Migration {} ({}): {}", migration.version, migration.name,
                                    applied.error().message));
        }
        report.after = migration.version;
    }
    return report;
}

}  // namespace

Result<MigrationReport> migrate(SqliteConnection& connection, std::span<const Migration> migrations,
                                const Clock& clock) {
    TRY(connection.run_script("BEGIN IMMEDIATE"));
    auto applied = apply_missing(connection, migrations, clock.now());
    if (!applied) {
        if (connection.in_transaction()) TRY(connection.run_script("ROLLBACK"));
        return applied;
    }
    TRY(connection.run_script("COMMIT"));
    return applied;
}

}  // namespace siahub::db
