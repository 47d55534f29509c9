#include "doctor/checks.hpp"

#include <fmt/format.h>

namespace siahub::doctor {
namespace {

// As long as a node may be silent before others take it to be gone (store/nodes.hpp).
constexpr UnixMillis kSilence = 5LL * 60 * 1000;
constexpr std::int64_t kFirstWithNodes = 3;  // schema version
constexpr std::int64_t kFirstWithPins = 6;

}  // namespace

void check_nodes(const Subject& subject, Report& report) {
    constexpr auto check = "cluster.nodes";
    const auto snapshot = db::open_snapshot(subject.database);
    if (!snapshot || (*snapshot)->schema_version() < kFirstWithNodes) return;
    // Those that others reach; a hub in one process is none.
    const std::string not_on_sia =
        (*snapshot)->schema_version() < kFirstWithPins
            ? ""
            : "AND NOT EXISTS (SELECT 1 FROM xorb_pins p WHERE p.hash = b.hash "
              "AND p.state = 'pinned') ";
    const auto nodes = (*snapshot)->query(
        "SELECT n.id, n.url, n.seen_at, (SELECT COUNT(*) FROM xorb_bodies b WHERE b.node = n.id " +
            not_on_sia +
            "AND NOT EXISTS (SELECT 1 FROM xorb_bodies o WHERE o.hash = b.hash "
            "AND o.node <> b.node)) FROM nodes n WHERE n.url <> '' ORDER BY n.id",
        {});
    if (!nodes) {
        report.error(check, nodes.error().message, "look at the database");
        return;
    }
    std::size_t silent = 0;
    for (const auto& node : *nodes) {
        if (node.integer(2) >= subject.clock.now() - kSilence) continue;
        ++silent;
        report.warning(check,
                       fmt::format("{} has not been heard of since {}; {} bodies lie only there",
                                   node.text(1), to_iso8601(node.integer(2)), node.integer(3)),
                       "start that cas again; if its disk is lost, restore those bodies from a "
                       "backup or `siahub admin node forget` it and upload the files again");
    }
    if (silent == 0)
        report.ok(check, fmt::format("{} with an address, all heard of", nodes->size()));
}

}  // namespace siahub::doctor
