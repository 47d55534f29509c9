#include "store/nodes.hpp"

#include "core/random.hpp"
#include "db/transact.hpp"
#include "store/layout.hpp"

#include <fstream>

namespace siahub::store {
namespace {

std::string read_id(const std::filesystem::path& path) {
    std::string id;
    std::ifstream(path) >> id;
    return id;
}

Task<Result<void>> delete_node(db::Transaction& transaction, std::string_view id,
                               UnixMillis gone_before) {
    const auto rows =
        CO_TRY(co_await transaction.query("SELECT seen_at FROM nodes WHERE id = $1", {id}));
    if (rows.empty()) co_return fail(Code::not_found, "There is no such node");
    if (rows[0].integer(0) >= gone_before)
        co_return fail(Code::conflict,
                       "This node was heard of in the last five minutes; stop it first");
    CO_TRY(co_await transaction.query("DELETE FROM xorb_bodies WHERE node = $1", {id}));
    CO_TRY(co_await transaction.query("DELETE FROM nodes WHERE id = $1", {id}));
    co_return co_await transaction.commit();
}

}  // namespace

Result<std::string> node_id(const std::filesystem::path& data_dir) {
    const auto path = data_dir / "node";
    if (auto id = read_id(path); !id.empty()) return id;
    auto file = TRY(TempFile::create(data_dir / "tmp"));
    auto id = random_id();
    TRY(file.append(as_bytes(id + "\n")));
    TRY(file.sync());
    TRY(file.move_to(path));
    TRY(sync_directory(data_dir));
    return id;
}

Task<Result<void>> Nodes::announce(std::string url) {
    CO_TRY(co_await database_.execute(
        "INSERT INTO nodes (id, url, seen_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET "
        "url = excluded.url, seen_at = excluded.seen_at",
        {std::string_view(own_), std::string_view(url), clock_.now()}));
    co_return Result<void>{};
}

Task<Result<std::vector<std::string>>> Nodes::holders(xet::Hash xorb) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT n.url FROM xorb_bodies b JOIN nodes n ON n.id = b.node WHERE b.hash = $1 "
        "ORDER BY n.seen_at DESC",
        {xorb.view()}));
    std::vector<std::string> urls;
    urls.reserve(rows.size());
    for (const auto& row : rows)
        urls.push_back(row.text(0));
    co_return urls;
}

Task<Result<bool>> Nodes::held_elsewhere(xet::Hash xorb) {
    const auto rows =
        CO_TRY(co_await database_.query("SELECT 1 FROM xorb_bodies b JOIN nodes n ON n.id = b.node "
                                        "WHERE b.hash = $1 AND b.node <> $2 AND n.seen_at >= $3 "
                                        "UNION ALL SELECT 1 FROM xorb_pins p WHERE p.hash = $1 "
                                        "AND p.state = 'pinned'",
                                        {xorb.view(), std::string_view(own_), gone_before()}));
    co_return !rows.empty();
}

Task<Result<std::optional<std::string>>> Nodes::url_of(std::string_view id) {
    const auto rows = CO_TRY(co_await database_.query("SELECT url FROM nodes WHERE id = $1", {id}));
    if (rows.empty()) co_return std::nullopt;
    co_return rows[0].text(0);
}

Task<Result<std::vector<Node>>> Nodes::list() {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT n.id, n.url, n.seen_at, "
        "(SELECT COUNT(*) FROM xorb_bodies b WHERE b.node = n.id), "
        "(SELECT COUNT(*) FROM xorb_bodies b WHERE b.node = n.id AND NOT EXISTS "
        "(SELECT 1 FROM xorb_bodies o WHERE o.hash = b.hash AND o.node <> b.node) AND NOT EXISTS "
        "(SELECT 1 FROM xorb_pins p WHERE p.hash = b.hash AND p.state = 'pinned')) "
        "FROM nodes n ORDER BY n.id",
        {}, db::Weight::scan));
    std::vector<Node> nodes;
    nodes.reserve(rows.size());
    for (const auto& row : rows)
        nodes.push_back({row.text(0), row.text(1), row.integer(2), row.integer(3), row.integer(4)});
    co_return nodes;
}

Task<Result<void>> Nodes::forget(std::string_view id) {
    co_return co_await db::transact(database_, db::Isolation::serializable, delete_node, id,
                                    gone_before());
}

}  // namespace siahub::store
