#include "hub/files.hpp"

#include "core/encoding.hpp"
#include "git/lfs_pointer.hpp"
#include "git/object_id.hpp"
#include "hub/commit_rows.hpp"
#include "hub/in_list.hpp"
#include "store/store.hpp"

namespace siahub::hub {
namespace {

constexpr std::size_t kCacheCost = 256;  // per row: value, list, index

#define SIAHUB_FILE_QUERY                                                       \
    "SELECT f.blob, f.sha256, f.size, f.is_lfs, o.file_hash FROM repo_files f"  \
    " LEFT JOIN lfs_objects o ON o.repo_id = f.repo_id AND o.sha256 = f.sha256" \
    " WHERE f.repo_id = $1 AND f.blob "

const std::string& many_files_query() {
    static const std::string text = SIAHUB_FILE_QUERY "IN " + in_list_places();
    return text;
}

const std::string& many_objects_query() {
    static const std::string text =
        "SELECT sha256, size, file_hash FROM lfs_objects WHERE repo_id = $1 AND sha256 IN " +
        in_list_places();
    return text;
}

Sha256 sha256_of(const db::Row& row, std::size_t column) {
    Sha256 digest{};
    const auto& blob = row.blob(column);
    std::copy_n(blob.begin(), std::min(blob.size(), digest.size()), digest.begin());
    return digest;
}

std::optional<xet::Hash> file_hash_of(const db::Row& row, std::size_t column) {
    if (row.is_null(column) || row.blob(column).size() != 32) return std::nullopt;
    return xet::Hash::from_raw(std::span<const std::byte, 32>(row.blob(column)));
}

FileInfo file_from_row(const db::Row& row) {
    FileInfo info;
    info.blob = oid_of(row, 0);
    info.sha256 = sha256_of(row, 1);
    info.size = static_cast<std::uint64_t>(row.integer(2));
    info.is_lfs = row.boolean(3);
    info.file_hash = file_hash_of(row, 4);
    return info;
}

}  // namespace

std::size_t Files::KeyHash::operator()(const Key& key) const {
    return std::hash<Oid>{}(key.blob) ^ std::hash<RowId>{}(key.repo);
}

Files::Files(db::Database& database, store::Store& store, const Clock& clock,
             std::size_t cache_bytes, ForeignObjects foreign)
    : database_(database), store_(store), clock_(clock), foreign_(foreign), cache_(cache_bytes) {}

void Files::remember(RowId repo, const FileInfo& file) {
    // The bytes of a foreign object may come later, by a way that tells nobody.
    if (accepts_foreign_objects() && file.is_lfs && !file.file_hash) return;
    cache_.put({repo, file.blob}, file, kCacheCost);
}

Task<Result<std::optional<FileInfo>>> Files::find(RowId repo, const Oid& blob) {
    if (auto cached = cache_.get({repo, blob})) co_return cached;
    const auto rows =
        CO_TRY(co_await database_.query(SIAHUB_FILE_QUERY "= $2", {repo, blob.bytes()}));
    if (rows.empty()) co_return std::nullopt;
    const auto info = file_from_row(rows[0]);
    remember(repo, info);
    co_return info;
}

Task<Result<std::vector<std::optional<FileInfo>>>> Files::find_many(RowId repo,
                                                                    std::span<const Oid> blobs) {
    std::vector<std::optional<FileInfo>> out(blobs.size());
    std::unordered_map<Oid, FileInfo> loaded;
    std::vector<Oid> missing;
    for (std::size_t i = 0; i < blobs.size(); ++i) {
        out[i] = cache_.get({repo, blobs[i]});
        if (!out[i] && loaded.try_emplace(blobs[i]).second) missing.push_back(blobs[i]);
    }
    if (missing.empty()) co_return out;
    loaded.clear();
    std::span<const Oid> rest(missing);
    while (!rest.empty()) {
        const auto batch = rest.first(std::min(rest.size(), kInList));
        rest = rest.subspan(batch.size());
        const auto rows = CO_TRY(co_await database_.query(
            many_files_query(), in_list_params(repo, batch, [](const Oid& o) { return o.bytes(); }),
            in_list_weight(missing.size())));
        for (const auto& row : rows) {
            const auto info = file_from_row(row);
            remember(repo, info);
            loaded.emplace(info.blob, info);
        }
    }
    for (std::size_t i = 0; i < blobs.size(); ++i)
        if (const auto found = loaded.find(blobs[i]); !out[i] && found != loaded.end())
            out[i] = found->second;
    co_return out;
}

Task<Result<std::vector<std::optional<LfsObject>>>> Files::find_objects(
    RowId repo, std::span<const Sha256> hashes) {
    std::map<Sha256, LfsObject> loaded;
    auto rest = hashes;
    while (!rest.empty()) {
        const auto batch = rest.first(std::min(rest.size(), kInList));
        rest = rest.subspan(batch.size());
        const auto rows = CO_TRY(co_await database_.query(
            many_objects_query(),
            in_list_params(repo, batch, [](const Sha256& h) { return ByteView(h); }),
            in_list_weight(hashes.size())));
        for (const auto& row : rows) {
            const auto sha256 = sha256_of(row, 0);
            const auto size = static_cast<std::uint64_t>(row.integer(1));
            loaded.emplace(sha256, LfsObject{sha256, size, file_hash_of(row, 2)});
        }
    }
    std::vector<std::optional<LfsObject>> out(hashes.size());
    for (std::size_t i = 0; i < hashes.size(); ++i)
        if (const auto found = loaded.find(hashes[i]); found != loaded.end())
            out[i] = found->second;
    co_return out;
}

void Files::forget(RowId repo, const Sha256& sha256, std::uint64_t size) {
    const auto pointer = git::encode_lfs_pointer({sha256, size});
    cache_.erase({repo, git::blob_id(as_bytes(pointer))});
}

Task<Result<Bytes>> Files::inline_content(RowId repo, const Sha256& sha256) {
    auto rows = CO_TRY(co_await database_.query(
        "SELECT content FROM lfs_objects WHERE repo_id = $1 AND sha256 = $2",
        {repo, ByteView(sha256)}));
    if (rows.empty() || rows[0].is_null(0))
        co_return fail(Code::not_found, "No content of this hash lies in the database");
    co_return rows[0].blob(0);
}

Task<Result<std::optional<std::string>>> Files::readable_text(RowId repo, const Oid& blob) {
    const auto info = CO_TRY(co_await find(repo, blob));
    if (!info || info->is_lfs || info->file_hash || info->size > kReadableLimit)
        co_return std::nullopt;
    const auto content = CO_TRY(co_await inline_content(repo, info->sha256));
    co_return std::string(as_chars(content));
}

}  // namespace siahub::hub
