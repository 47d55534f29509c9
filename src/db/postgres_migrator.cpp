#include "db/postgres_migrator.hpp"

#include "db/postgres_session.hpp"
#include "db/schema_version.hpp"

#include <charconv>

#include <fmt/format.h>

namespace siahub::db {
namespace {

// Any number will do that no other program uses; this one spells "SiaHub".
constexpr std::int64_t kLock = 0x536961487562;

constexpr std::string_view kNoSuchTable = "42P01";
constexpr std::string_view kDenied = "42501";

Result<std::int64_t> read_version(PostgresSession& session) {
    const auto text = session.run("SELECT COALESCE(MAX(version), 0) FROM schema_migrations");
    if (!text && session.state() == kNoSuchTable) return 0;
    if (!text) return Failure(text.error().error);
    std::int64_t version = 0;
    std::from_chars(text->data(), text->data() + text->size(), version);
    return version;
}

PgResult<void> apply(PostgresSession& session, const Migration& migration, UnixMillis now) {
    const auto script = fmt::format(
        "BEGIN; {}\n; INSERT INTO schema_migrations (version, name, applied_at) "
        "VALUES ({}, '{}', {}); COMMIT",
        with_byte_order(migration.sql), migration.version, migration.name, now);
    if (auto applied = session.run(script); !applied) return std::unexpected(applied.error());
    return {};
}

Failure explain(const PostgresSession& session, const PgFailure& failure,
                const Migration& migration, std::int64_t version) {
    if (session.state() == kDenied)
        return fail(Code::unavailable,
                    fmt::format("The database has schema version {}, this program needs {}, and "
                                "its role may not change the schema. Run `siahub migrate` with "
                                "the role that owns the database.",
                                version, migration.version));
    return fail(failure.error.code, fmt::format("Migration {} ({}): {}", migration.version,
                                                migration.name, failure.error.message));
}

Result<void> prepare(PostgresSession& session, const Migration& first) {
    const auto prepared =
        session.run(fmt::format("SET statement_timeout = 0; SELECT pg_advisory_lock({})", kLock));
    if (!prepared) return Failure(prepared.error().error);
    const auto made = session.run(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, "
        "name TEXT NOT NULL, applied_at BIGINT NOT NULL)");
    if (!made) return explain(session, made.error(), first, 0);
    return {};
}

}  // namespace

Result<MigrationReport> bring_up_to_date(const PostgresConnector& connector,
                                         std::span<const Migration> migrations,
                                         const Clock& clock) {
    PostgresSession session(TRY(connector.connect_plain()));
    MigrationReport report;
    report.before = report.after = TRY(read_version(session));
    TRY(check_schema_version(report.before, migrations));
    if (migrations.empty() || report.before == migrations.back().version) return report;
    TRY(prepare(session, migrations[static_cast<std::size_t>(report.before)]));
    // Somebody else may have done it meanwhile.
    report.before = report.after = TRY(read_version(session));
    TRY(check_schema_version(report.before, migrations));
    for (const Migration& migration : migrations) {
        if (migration.version <= report.after) continue;
        if (auto applied = apply(session, migration, clock.now()); !applied)
            return explain(session, applied.error(), migration, report.after);
        report.after = migration.version;
    }
    return report;
}

std::string with_byte_order(std::string_view sql) {
    constexpr std::string_view type = "TEXT";
    const auto is_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    std::string out;
    for (std::size_t at = 0; at < sql.size();) {
        const auto found = sql.find(type, at);
        const auto end = std::min(found, sql.size());
        out.append(sql.substr(at, end - at));
        if (found == std::string_view::npos) break;
        at = found + type.size();
        const bool whole =
            (found == 0 || !is_word(sql[found - 1])) && (at == sql.size() || !is_word(sql[at]));
        out.append(whole ? "TEXT COLLATE \"C\"" : type);
    }
    return out;
}

}  // namespace siahub::db
