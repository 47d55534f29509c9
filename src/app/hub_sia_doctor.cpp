#include "app/hub_sia_doctor.hpp"

#include "app/hub_place.hpp"
#include "app/sia_doctor.hpp"
#include "backup/progress.hpp"
#include "backup/remote_shelf.hpp"
#include "sia/indexd/admin_api.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

constexpr std::int64_t kFirstWithPins = 6;  // schema version
constexpr UnixMillis kMinute = 60'000;
// Beyond the time that bodies wait for others.
constexpr UnixMillis kPatience = 60 * kMinute;

std::string show_time(UnixMillis time) {
    const auto minutes = time / kMinute;
    if (minutes < 120) return fmt::format("{} minutes", minutes);
    return fmt::format("{} hours", minutes / 60);
}

void check_wallet(const config::Sia& config, SiaSession& session, doctor::Report& report) {
    constexpr auto check = "sia.funds";
    if (config.admin_url.empty()) return;
    const auto api =
        sia::indexd::AdminApi::open(session.client(), config.admin_url, config.admin_password);
    if (!api) {
        report.error(check, api.error().message, "correct sia.admin_url");
        return;
    }
    const auto wallet = session.run(api->wallet());
    if (!wallet)
        report.warning(check, wallet.error().message,
                       "compare sia.admin_url and sia.admin_password with indexd's adminAPI");
    else if (wallet->spendable == sia::Currency{})
        report.warning(check, "the wallet of indexd has nothing to spend",
                       "send Siacoin to " + wallet->address);
    else
        report.ok(check, "the wallet of indexd has funds");
}

void check_network(const config::Sia& config, doctor::Report& report) {
    Ed25519Seed seed;
    if (!from_hex(config.app_key, seed)) return;  // config.settings says so
    const SiaAccess access{
        .indexd = {.url = config.indexd, .advertised_authority = config.advertised},
        .key = Ed25519PrivateKey(seed)};
    const auto session = SiaSession::open(access);
    if (!session) {
        report.error("sia.indexd", session.error().message, "correct sia.indexd");
        return;
    }
    report.append(
        examine_sia(**session, {.data = config.data_shards, .total = config.total_shards}));
    check_wallet(config, **session, report);
}

void check_queue(const config::Sia& config, db::Snapshot& snapshot, UnixMillis now,
                 doctor::Report& report) {
    constexpr auto check = "sia.queue";
    const auto rows = snapshot.query(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT), "
        "CAST(COALESCE(MIN(waiting_since), 0) AS BIGINT), MAX(last_error), "
        "CAST(COALESCE(SUM(CASE WHEN last_error <> '' THEN 1 ELSE 0 END), 0) AS BIGINT) "
        "FROM xorb_pins WHERE state <> 'pinned'",
        {});
    if (!rows || rows->empty()) {
        report.error(check, rows ? "nothing was answered" : rows.error().message,
                     "look at the database");
        return;
    }
    const auto& row = rows->front();
    if (row.integer(0) == 0) {
        report.ok(check, "every body is on Sia");
        return;
    }
    const auto waited = now - row.integer(2);
    const auto what = fmt::format("{} bodies with {} wait, the first for {}", row.integer(0),
                                  backup::show_bytes(static_cast<std::uint64_t>(row.integer(1))),
                                  show_time(waited));
    if (row.integer(4) != 0)
        report.warning("sia.pins",
                       fmt::format("{} of them failed, one with: {}", row.integer(4), row.text(3)),
                       "they are tried again by themselves; see the checks above for the cause, "
                       "and GET /admin/sia/queue");
    const auto patience = kPatience + 1000 * config.pack_wait.count();
    if (waited > patience)
        report.warning(check, what,
                       "see that the hub runs, and the checks above; until then these bodies are "
                       "on this hub's disks alone");
    else
        report.ok(check, what);
}

void check_snapshot(const config::Config& config, UnixMillis now, doctor::Report& report) {
    constexpr auto check = "sia.snapshot";
    UnixMillis newest = 0;
    if (const auto known = backup::RemoteShelf::recall(config.data / "snapshots"))
        for (const auto& item : known->items)
            if (item.note.part == backup::RemoteNote::Part::list)
                newest = std::max(newest, item.note.created_at);
    const auto* remedy =
        "siahub admin snapshot, with the settings of the hub; see the checks above";
    if (newest == 0) {
        report.warning(check, "this node knows of no snapshot of the catalogue on Sia", remedy);
        return;
    }
    const auto what = "the newest is from " + to_iso8601(newest);
    if (now - newest > 24 * 60 * kMinute + 3 * 1000 * config.sia.snapshot_every.count())
        report.warning(check, what, remedy);
    else
        report.ok(check, what);
}

}  // namespace

doctor::Report examine_hub_sia(const config::Config& config, const Clock& clock) {
    doctor::Report report;
    if (config.sia.indexd.empty()) return report;
    check_network(config.sia, report);
    const auto place = hub_place(config);
    const auto snapshot = db::open_snapshot(place.database);
    if (snapshot && (*snapshot)->schema_version() >= kFirstWithPins)
        check_queue(config.sia, **snapshot, clock.now(), report);
    check_snapshot(config, clock.now(), report);
    return report;
}

}  // namespace siahub::app
