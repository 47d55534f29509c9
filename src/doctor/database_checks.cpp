#include "config/reference.hpp"
#include "doctor/checks.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace siahub::doctor {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr microseconds kSlow{20'000};
constexpr std::uintmax_t kQuicklyChecked = std::uintmax_t{2} << 30;
constexpr UnixMillis kClocksDiffer = 2'000;
constexpr UnixMillis kTokensFail = 45'000;  // a minute is what tokens allow

// The answer of a query with one row.
Result<db::Row> one(db::Snapshot& snapshot, std::string_view sql) {
    auto rows = TRY(snapshot.query(sql, {}));
    if (rows.size() != 1) return fail(Code::internal, "the answer is not one row");
    return std::move(rows.front());
}

Result<microseconds> round_trip(db::Snapshot& snapshot) {
    // The quickest of some: others on this machine make it slow, but not quick.
    auto best = microseconds::max();
    for (int i = 0; i < 10; ++i) {
        const auto start = steady_clock::now();
        TRY(one(snapshot, "SELECT 1"));
        best =
            std::min(best, std::chrono::duration_cast<microseconds>(steady_clock::now() - start));
    }
    return best;
}

void check_latency(db::Snapshot& snapshot, std::string_view version, Report& report) {
    const auto time = round_trip(snapshot);
    if (!time) {
        report.error("database.answers", time.error().message, "look at the server's log");
        return;
    }
    const auto what =
        fmt::format("{}, answers in {:.1f} ms", version, static_cast<double>(time->count()) / 1000);
    if (*time > kSlow)
        report.warning("database.answers", what,
                       "every request asks several times: move the hub nearer to the database");
    else
        report.ok("database.answers", what);
}

void check_schema(const db::Snapshot& snapshot, Report& report) {
    const auto found = snapshot.schema_version();
    const auto known = db::newest_schema_version();
    if (found == known)
        report.ok("database.schema", fmt::format("version {}, as this program has it", found));
    else
        report.warning("database.schema",
                       fmt::format("version {}, this program has {}", found, known),
                       "`siahub migrate`, or restart the hub with a role that owns the database");
}

// -- SQLite
// -----------------------------------------------------------------------------------------

void check_integrity(const Subject& subject, db::Snapshot& snapshot, Report& report) {
    std::error_code error;
    const bool whole =
        subject.deep || std::filesystem::file_size(subject.database.file, error) < kQuicklyChecked;
    const auto rows =
        snapshot.query(whole ? "PRAGMA integrity_check(5)" : "PRAGMA quick_check(5)", {});
    const auto* const remedy =
        "stop the hub, restore the latest backup (`siahub admin restore`), and look at the disk";
    if (!rows) {
        report.error("database.integrity", rows.error().message, remedy);
        return;
    }
    if (rows->size() == 1 && rows->front().text(0) == "ok")
        report.ok("database.integrity", whole ? "integrity_check" : "quick_check (--deep for all)");
    else
        report.error("database.integrity", rows->empty() ? "no answer" : rows->front().text(0),
                     remedy);
}

void check_sqlite(const Subject& subject, db::Snapshot& snapshot, Report& report) {
    const auto version = one(snapshot, "SELECT sqlite_version()");
    check_latency(snapshot, "SQLite " + (version ? version->text(0) : "?"), report);
    check_integrity(subject, snapshot, report);
}

// -- PostgreSQL
// ---------------------------------------------------------------------------------------

void check_durability(const db::Row& facts, Report& report) {
    constexpr auto check = "database.durability";
    if (facts.text(1) != "on")
        report.error(check, "fsync is off: a power cut destroys the database",
                     "fsync = on in postgresql.conf");
    else if (facts.text(2) == "off")
        report.error(check, "synchronous_commit is off: acknowledged uploads can be lost",
                     "synchronous_commit = on in postgresql.conf, or for the hub's role");
    else
        report.ok(check, "fsync and synchronous_commit are on");
}

void check_connections(const Subject& subject, const db::Row& facts, Report& report) {
    constexpr auto check = "database.connections";
    const auto ours = subject.config().database.connections;
    std::size_t most = 0;
    const auto& text = facts.text(3);
    std::from_chars(text.data(), text.data() + text.size(), most);
    const auto what = fmt::format("each process takes up to {}, the server allows {}", ours, most);
    if (ours * 2 > most)
        report.warning(check, what,
                       "lower database.connections, or raise max_connections of the server: "
                       "every cas and gateway takes its own");
    else
        report.ok(check, what);
}

void check_rights(db::Snapshot& snapshot, Report& report) {
    constexpr auto check = "database.rights";
    const auto tables = db::schema_at(snapshot.schema_version());
    if (!tables) return;
    for (const auto& table : *tables) {
        const auto may = snapshot.query(
            "SELECT has_table_privilege($1, 'SELECT') AND has_table_privilege($1, 'INSERT') AND "
            "has_table_privilege($1, 'UPDATE') AND has_table_privilege($1, 'DELETE')",
            {std::string_view(table.name)});
        if (may && may->at(0).boolean(0)) continue;
        report.error(
            check, fmt::format("the role may not read and write the table {}", table.name),
            "use the role that owns the database, or GRANT ALL ON ALL TABLES IN SCHEMA "
            "public TO it (a gateway's role needs less: `siahub migrate --grant-gateway`)");
        return;
    }
    report.ok(check, "the role may read and write every table");
}

void check_postgres(const Subject& subject, db::Snapshot& snapshot, Report& report) {
    const auto before = subject.clock.now();
    const auto facts =
        one(snapshot,
            "SELECT current_setting('server_version'), current_setting('fsync'), "
            "current_setting('synchronous_commit'), current_setting('max_connections'), "
            "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)");
    if (!facts) {
        report.error("database.answers", facts.error().message, "look at the server's log");
        return;
    }
    judge_clock((before + subject.clock.now()) / 2, facts->integer(4), report);
    check_latency(snapshot, "PostgreSQL " + facts->text(0), report);
    check_durability(*facts, report);
    check_connections(subject, *facts, report);
    check_rights(snapshot, report);
}

}  // namespace

void judge_clock(UnixMillis ours, UnixMillis database, Report& report) {
    const auto difference = std::abs(ours - database);
    const auto what = fmt::format("{:.1f} s between this machine and the database",
                                  static_cast<double>(difference) / 1000);
    const auto* const remedy = "let NTP set both clocks (`timedatectl set-ntp true`)";
    if (difference > kTokensFail)
        report.error("clock", what + ": tokens are refused", remedy);
    else if (difference > kClocksDiffer)
        report.warning("clock", what, remedy);
    else
        report.ok("clock", what);
}

void check_database(const Subject& subject, Report& report) {
    const auto& place = subject.database;
    const auto snapshot = db::open_snapshot(place);
    if (!snapshot) {
        report.error("database.reachable", snapshot.error().message,
                     place.is_postgres()
                         ? "check database.url (now " + config::without_password(place.url) +
                               "), that the server runs, and its pg_hba.conf"
                         : "check --data; a hub that was never started has no database yet");
        return;
    }
    report.ok("database.reachable",
              place.is_postgres() ? config::without_password(place.url) : place.file.string());
    check_schema(**snapshot, report);
    if (place.is_postgres())
        check_postgres(subject, **snapshot, report);
    else
        check_sqlite(subject, **snapshot, report);
}

void check_accounts(const Subject& subject, Report& report) {
    const auto snapshot = db::open_snapshot(subject.database);
    if (!snapshot || (*snapshot)->schema_version() == 0) return;
    constexpr UnixMillis soon = 7LL * 24 * 60 * 60 * 1000;
    const auto now = subject.clock.now();
    const auto counts = (*snapshot)->query(
        "SELECT CAST(COALESCE(SUM(CASE WHEN expires_at <= $1 THEN 1 ELSE 0 END), 0) AS BIGINT), "
        "CAST(COALESCE(SUM(CASE WHEN expires_at > $1 AND expires_at <= $2 THEN 1 ELSE 0 END), 0) "
        "AS BIGINT), COUNT(*) FROM api_keys",
        {now, now + soon});
    if (!counts) return;
    const auto expired = counts->at(0).integer(0);
    const auto expiring = counts->at(0).integer(1);
    const auto what = fmt::format("{} keys, {} expired, {} expire within a week",
                                  counts->at(0).integer(2), expired, expiring);
    if (expired + expiring == 0)
        report.ok("accounts.keys", what);
    else
        report.warning("accounts.keys", what,
                       "`siahub admin key list` names them; make new ones and revoke the old");
}

}  // namespace siahub::doctor
