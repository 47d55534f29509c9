#include "hub/file_rows.hpp"

#include "db/lock_order.hpp"
#include "git/object_id.hpp"

namespace siahub::hub {

FileRow inline_file(ByteView content) {
    FileRow row;
    row.info.blob = git::blob_id(content);
    row.info.size = content.size();
    row.info.sha256 = sha256(content);
    row.content.emplace(content.begin(), content.end());
    return row;
}

Task<Result<void>> insert_files(db::Transaction& transaction, RowId repo,
                                std::span<const FileRow> rows, UnixMillis now) {
    std::vector<db::Params> objects;
    std::vector<db::Params> files;
    for (const auto& [info, content] : rows) {
        const auto size = static_cast<std::int64_t>(info.size);
        const ByteView digest(info.sha256);
        files.push_back({repo, info.blob.bytes(), digest, size, std::int64_t{info.is_lfs}});
        if (content) objects.push_back({repo, digest, size, ByteView(*content), now});
    }
    db::sort_by_bytes(objects, 1);
    db::sort_by_bytes(files, 1);
    if (!objects.empty())
        CO_TRY(co_await transaction.execute_many(
            "INSERT INTO lfs_objects (repo_id, sha256, size, content, created_at)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (repo_id, sha256)"
            " DO UPDATE SET size = excluded.size, content = excluded.content, file_hash = NULL"
            " WHERE lfs_objects.content IS NULL",
            objects));
    if (!files.empty())
        CO_TRY(co_await transaction.execute_many(
            "INSERT INTO repo_files (repo_id, blob, sha256, size, is_lfs)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (repo_id, blob) DO NOTHING",
            files));
    co_return Result<void>{};
}

}  // namespace siahub::hub
