#include "db/sqlite_migrator.hpp"

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

Result<void> apply_missing(SqliteConnection& connection, std::span<const Migration> migrations,
                           UnixMillis now) {
    const auto current = TRY(current_version(connection));
    const auto newest = migrations.empty() ? 0 : migrations.back().version;
    if (current > newest) {
        return fail(Code::internal,
                    fmt::format("The database has schema version {}, but this program knows only "
                                "up to {}. Run the newer program that wrote it.",
                                current, newest));
    }
    for (const Migration& migration : migrations) {
        if (migration.version <= current) continue;
        if (auto applied = apply(connection, migration, now); !applied) {
            return fail(applied.error().code,
                        fmt::format("Migration {} ({}): {}", migration.version, migration.name,
                                    applied.error().message));
        }
    }
    return {};
}

}  // namespace

Result<void> migrate(SqliteConnection& connection, std::span<const Migration> migrations,
                     const Clock& clock) {
    TRY(connection.run_script("BEGIN IMMEDIATE"));
    auto applied = apply_missing(connection, migrations, clock.now());
    if (!applied) {
        if (connection.in_transaction()) TRY(connection.run_script("ROLLBACK"));
        return applied;
    }
    return connection.run_script("COMMIT");
}

}  // namespace siahub::db
