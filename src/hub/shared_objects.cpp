#include "hub/shared_objects.hpp"

#include "db/lock_order.hpp"
#include "store/durability.hpp"

namespace siahub::hub {
namespace {

constexpr std::string_view kShareFile =
    "INSERT INTO reconstruction_files (repo_id, file_hash, size, sha256, created_at)"
    " SELECT CAST($2 AS BIGINT), file_hash, size, sha256, CAST($4 AS BIGINT)"
    " FROM reconstruction_files WHERE repo_id = $1 AND file_hash = $3"
    " ON CONFLICT (repo_id, file_hash) DO NOTHING";

constexpr std::string_view kShareObject =
    "INSERT INTO lfs_objects (repo_id, sha256, size, content, file_hash, created_at)"
    " SELECT CAST($2 AS BIGINT), sha256, size, content, file_hash, CAST($4 AS BIGINT)"
    " FROM lfs_objects WHERE repo_id = $1 AND sha256 = $3"
    " ON CONFLICT (repo_id, sha256) DO NOTHING";

constexpr std::string_view kShareBlob =
    "INSERT INTO repo_files (repo_id, blob, sha256, size, is_lfs)"
    " SELECT CAST($2 AS BIGINT), blob, sha256, size, is_lfs"
    " FROM repo_files WHERE repo_id = $1 AND blob = $3"
    " ON CONFLICT (repo_id, blob) DO NOTHING";

constexpr std::string_view kShareTree =
    "INSERT INTO repo_trees (repo_id, oid, body) SELECT CAST($2 AS BIGINT), oid, body"
    " FROM repo_trees WHERE repo_id = $1 AND oid = $3 ON CONFLICT (repo_id, oid) DO NOTHING";

Task<Result<void>> run(db::Transaction& transaction, std::string_view statement,
                       std::vector<db::Params> rows) {
    if (rows.empty()) co_return Result<void>{};
    db::sort_by_bytes(rows, 2);
    CO_TRY(co_await transaction.execute_many(statement, rows));
    co_return Result<void>{};
}

Task<Result<void>> share_ids(db::Transaction& transaction, const Sharing& sharing,
                             std::string_view statement, std::span<const Oid> ids) {
    std::vector<db::Params> rows;
    rows.reserve(ids.size());
    for (const auto& oid : ids)
        rows.push_back({sharing.from, sharing.to, oid.bytes()});
    co_return co_await run(transaction, statement, std::move(rows));
}

}  // namespace

Task<Result<void>> share_objects(db::Transaction& transaction, const Sharing& sharing,
                                 std::span<const SharedObject> objects) {
    std::vector<db::Params> files;
    std::vector<db::Params> links;
    links.reserve(objects.size());
    for (const auto& object : objects) {
        links.push_back({sharing.from, sharing.to, ByteView(object.sha256), sharing.now});
        if (object.file_hash)
            files.push_back({sharing.from, sharing.to, object.file_hash->view(), sharing.now});
    }
    const bool in_xorbs = !files.empty();
    CO_TRY(co_await run(transaction, kShareFile, std::move(files)));
    CO_TRY(co_await run(transaction, kShareObject, std::move(links)));
    if (in_xorbs) CO_TRY(co_await store::Durability::note_files(transaction, sharing.to));
    co_return Result<void>{};
}

Task<Result<void>> share_blobs(db::Transaction& transaction, const Sharing& sharing,
                               std::span<const Oid> blobs) {
    co_return co_await share_ids(transaction, sharing, kShareBlob, blobs);
}

Task<Result<void>> share_trees(db::Transaction& transaction, const Sharing& sharing,
                               std::span<const Oid> trees) {
    co_return co_await share_ids(transaction, sharing, kShareTree, trees);
}

}  // namespace siahub::hub
