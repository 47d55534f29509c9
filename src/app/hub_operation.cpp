#include "app/hub_operation.hpp"

#include "app/data_dir.hpp"
#include "app/version.hpp"
#include "cas/sia_admin.hpp"
#include "doctor/checks.hpp"

#include <map>

#include <boost/json.hpp>
#include <sys/statvfs.h>

namespace siahub::app {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

// The file, and what is not in it yet.
std::int64_t sqlite_bytes(const fs::path& database) {
    std::int64_t bytes = 0;
    for (const auto* suffix : {"", "-wal"}) {
        std::error_code error;
        const auto size = fs::file_size(database.string() + suffix, error);
        if (!error) bytes += static_cast<std::int64_t>(size);
    }
    return bytes;
}

Task<Result<json::value>> database_bytes(db::Database& database, const config::Config& config) {
    if (config.database.url.empty()) co_return sqlite_bytes(database_path(config.data));
    const auto rows = CO_TRY(co_await database.query("SELECT pg_database_size(current_database())",
                                                     {}, db::Weight::scan));
    co_return rows[0].integer(0);
}

std::string_view severity_of(doctor::Verdict verdict) {
    switch (verdict) {
        case doctor::Verdict::ok:
            return "ok";
        case doctor::Verdict::warning:
            return "warning";
        case doctor::Verdict::error:
            return "error";
    }
    return "error";
}

json::object cache_json(const kv::SharedState& shared) {
    const auto redis = shared.redis();
    if (!redis) return {{"kind", "process"}, {"ok", true}};
    return {{"kind", "redis"}, {"ok", redis->ok}};
}

json::object limits_json(const cas::Refusals& refusals) {
    return {{"anonymousRefused", refusals.anonymous.value()},
            {"keyRefused", refusals.key.value()},
            {"wrongKeyRefused", refusals.wrong_key.value()}};
}

}  // namespace

HubOperation::HubOperation(const config::Loaded& loaded, config::Role role, HubServices& hub,
                           const Clock& clock, cas::SiaAdmin* sia)
    : loaded_(loaded),
      role_(role),
      hub_(hub),
      clock_(clock),
      sia_(sia),
      started_at_(clock.now()),
      examined_(clock) {}

cas::Operation::Json HubOperation::status() {
    json::object shown{{"version", version()},
                       {"role", role_ == config::kCas ? "cas" : "serve"},
                       {"startedAt", to_iso8601(started_at_)},
                       {"uptimeSeconds", (clock_.now() - started_at_) / 1000},
                       {"cache", cache_json(hub_.shared())},
                       {"limits", limits_json(hub_.refusals())},
                       {"sia", nullptr}};
    shown["database"] = CO_TRY(co_await database());
    shown["nodes"] = CO_TRY(co_await nodes());
    shown["disk"] = CO_TRY(co_await disk());
    if (sia_ != nullptr) shown["sia"] = CO_TRY(co_await sia_->overview());
    co_return shown;
}

cas::Operation::Json HubOperation::database() {
    auto& database = hub_.database();
    const auto begin = std::chrono::steady_clock::now();
    // The time makes it another question each time: an answer out of a cache would say nothing.
    const auto versions = CO_TRY(co_await database.query(
        "SELECT coalesce(MAX(version), 0) FROM schema_migrations WHERE version <= $1",
        {clock_.now()}));
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    const bool is_sqlite = loaded_.config.database.url.empty();
    co_return json::object{{"kind", is_sqlite ? "sqlite" : "postgres"},
                           {"ok", true},
                           {"latencyMs", took.count()},
                           {"sizeBytes", CO_TRY(co_await database_bytes(database, loaded_.config))},
                           {"schema", versions[0].integer(0)}};
}

// Those that have said who they are, and those that have bodies.
cas::Operation::Json HubOperation::nodes() {
    struct Node {
        std::string url;
        json::value seen_at;
        hub::StorageView::Bodies bodies;
    };
    std::map<std::string, Node> nodes;
    const auto rows = CO_TRY(
        co_await hub_.database().query("SELECT id, url, seen_at FROM nodes", {}, db::Weight::scan));
    for (const auto& row : rows)
        nodes[row.text(0)] = {
            .url = row.text(1), .seen_at = json::string(to_iso8601(row.integer(2))), .bodies = {}};
    const auto counted = CO_TRY(co_await hub_.storage().bodies());
    for (const auto& [id, bodies] : *counted)
        nodes[id].bodies = bodies;
    json::array list;
    for (auto& [id, node] : nodes)
        list.push_back(json::object{{"id", id},
                                    {"url", node.url},
                                    {"seenAt", std::move(node.seen_at)},
                                    {"bodies", node.bodies.count},
                                    {"bytes", node.bodies.bytes},
                                    {"own", id == hub_.store().nodes.own()}});
    co_return list;
}

cas::Operation::Json HubOperation::disk() {
    const auto& data = loaded_.config.data;
    struct statvfs space{};
    if (::statvfs(data.c_str(), &space) != 0)
        co_return fail(Code::unavailable, "The data directory does not answer");
    hub::StorageView::Bodies all;
    const auto counted = CO_TRY(co_await hub_.storage().bodies());
    for (const auto& [node, bodies] : *counted) {
        all.count += bodies.count;
        all.bytes += bodies.bytes;
    }
    co_return json::object{{"path", data.string()},
                           {"freeBytes", std::uint64_t{space.f_bavail} * space.f_frsize},
                           {"totalBytes", std::uint64_t{space.f_blocks} * space.f_frsize},
                           {"bodiesBytes", all.bytes},
                           {"bodies", all.count},
                           {"countedAt", to_iso8601(counted.at)}};
}

cas::Operation::Json HubOperation::doctor() {
    const auto examined = CO_TRY(co_await examined_.get([this] { return examine(); }));
    json::array checks;
    for (const auto& finding : examined->report.findings())
        checks.push_back(json::object{{"name", finding.check},
                                      {"ok", finding.verdict == doctor::Verdict::ok},
                                      {"severity", severity_of(finding.verdict)},
                                      {"told", finding.what},
                                      {"advice", finding.remedy}});
    co_return json::object{{"checkedAt", to_iso8601(examined->at)}, {"checks", std::move(checks)}};
}

Task<Result<HubOperation::Examination>> HubOperation::examine() {
    backup::Progress quiet(nullptr);
    const doctor::Subject subject{.loaded = loaded_,
                                  .database = {.file = database_path(loaded_.config.data),
                                               .url = loaded_.config.database.url},
                                  .clock = clock_,
                                  .progress = quiet};
    Examination examination{.report = {}, .at = clock_.now()};
    examination.report =
        co_await hub_.store().pools.disk.run([&subject] { return doctor::examine(subject); });
    co_return examination;
}

}  // namespace siahub::app
