#include "store/nodes.hpp"

#include "core/random.hpp"
#include "store/layout.hpp"

#include <fstream>

namespace siahub::store {
namespace {

std::string read_id(const std::filesystem::path& path) {
    std::string id;
    std::ifstream(path) >> id;
    return id;
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
                                        "WHERE b.hash = $1 AND b.node <> $2 AND n.seen_at >= $3",
                                        {xorb.view(), std::string_view(own_), gone_before()}));
    co_return !rows.empty();
}

Task<Result<std::optional<std::string>>> Nodes::url_of(std::string_view id) {
    const auto rows = CO_TRY(co_await database_.query("SELECT url FROM nodes WHERE id = $1", {id}));
    if (rows.empty()) co_return std::nullopt;
    co_return rows[0].text(0);
}

}  // namespace siahub::store
