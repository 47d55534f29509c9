#include "backup/body_list.hpp"

#include <algorithm>
#include <fstream>

namespace siahub::backup {
namespace {

constexpr std::string_view kBodies = "xorb_bodies";
constexpr std::string_view kNodes = "nodes";
constexpr std::string_view kNode = "node";
// Of a body whose node is yet to be known.
constexpr std::string_view kAnyNode = "";

std::string own_node(const std::filesystem::path& data_dir) {
    std::string id;
    std::ifstream(data_dir / kNode) >> id;
    return id;
}

Failure not_a_hash() {
    return fail(Code::unprocessable, "A row of xorb_bodies names something that is no hash");
}

Result<xet::Hash> hash_of(const db::Value& value) {
    const auto* const raw = std::get_if<Bytes>(&value);
    if (raw == nullptr || raw->size() != xet::Hash().bytes.size()) return not_a_hash();
    return xet::Hash::from_raw(std::span(*raw).first<32>());
}

}  // namespace

Result<BodyRows> BodyRows::of(const db::TableShape& table, const std::filesystem::path& data_dir) {
    if (!table.has_column("hash") || !table.has_column("size"))
        return fail(Code::unprocessable, "The table xorb_bodies is not one");
    BodyRows rows;
    rows.hash_ = table.position("hash");
    rows.size_ = table.position("size");
    if (table.has_column(kNode)) rows.node_ = table.position(kNode);
    rows.own_node_ = own_node(data_dir);
    return rows;
}

Result<void> BodyRows::add(const std::vector<db::Value>& row) {
    const auto* const bytes = std::get_if<std::int64_t>(&row[size_]);
    if (bytes == nullptr || *bytes < 0) return not_a_hash();
    Body body{.hash = TRY(hash_of(row[hash_])), .size = static_cast<std::uint64_t>(*bytes)};
    if (node_) {
        const auto* const node = std::get_if<std::string>(&row[*node_]);
        body.is_here = node == nullptr || *node == kAnyNode || *node == own_node_;
    }
    bodies_.push_back(body);
    return {};
}

std::vector<Body> BodyRows::take() {
    std::ranges::sort(bodies_, [](const Body& a, const Body& b) {
        return std::tuple(a.hash, !a.is_here) < std::tuple(b.hash, !b.is_here);
    });
    const auto repeated = std::ranges::unique(bodies_, {}, &Body::hash);
    bodies_.erase(repeated.begin(), repeated.end());
    return std::move(bodies_);
}

Result<std::vector<Body>> list_bodies(const std::filesystem::path& snapshot,
                                      const Manifest& manifest,
                                      const std::filesystem::path& data_dir) {
    const auto* const table = manifest.find_table(kBodies);
    if (table == nullptr) return fail(Code::unprocessable, "The backup has no table xorb_bodies");
    auto rows = TRY(BodyRows::of(table->shape, data_dir));
    auto reader = TRY(RowReader::open(snapshot / table->file.name, table->shape));
    std::vector<db::Value> row;
    while (TRY(reader.next(row)))
        TRY(rows.add(row));
    return rows.take();
}

db::TableShape absent_shape() {
    return {.name = "absent", .columns = {{.name = "hash", .type = db::ColumnType::blob}}};
}

Result<std::vector<xet::Hash>> list_absent(const std::filesystem::path& snapshot,
                                           const Manifest& manifest) {
    if (manifest.absent.shape != absent_shape())
        return fail(Code::unprocessable, "The backup's list of absent bodies is not one");
    auto reader = TRY(RowReader::open(snapshot / manifest.absent.file.name, manifest.absent.shape));
    std::vector<xet::Hash> absent;
    std::vector<db::Value> row;
    while (TRY(reader.next(row)))
        absent.push_back(TRY(hash_of(row.front())));
    std::ranges::sort(absent);
    return absent;
}

bool DiskRows::adopt(const db::TableShape& table, std::vector<db::Value>& row) {
    if (table.name == kNodes) return false;
    if (table.name != kBodies) return true;
    const auto hash = hash_of(row[table.position("hash")]);
    if (!hash || std::ranges::binary_search(absent_, *hash)) return false;
    if (!table.has_column(kNode)) return true;
    row[table.position(kNode)] = std::string(kAnyNode);
    return seen_.insert(*hash).second;
}

}  // namespace siahub::backup
