#include "hub/blob_stager.hpp"

#include "core/encoding.hpp"
#include "db/transact.hpp"
#include "git/lfs_pointer.hpp"
#include "git/object_id.hpp"
#include "git/path_pattern.hpp"
#include "store/store.hpp"

namespace siahub::hub {
namespace {

// What is gathered before it is written.
constexpr std::size_t kMaxPendingBytes = 4 * 1024 * 1024;
constexpr std::size_t kMaxPendingRows = 2000;
constexpr std::size_t kSlice = 512 * 1024;
// More than this is not hashed on the caller's thread.
constexpr std::size_t kHashInLine = 128 * 1024;

bool is_read_by_hub(std::string_view path) {
    const auto name = git::last_part(path);
    return name == ".gitattributes" || name == ".gitignore" || name == "README.md";
}

Task<Result<void>> write_files(db::Transaction& transaction, RowId repo,
                               const std::vector<FileRow>& rows, UnixMillis now) {
    CO_TRY(co_await insert_files(transaction, repo, rows, now));
    co_return co_await transaction.commit();
}

}  // namespace

Task<Result<StoredBlob>> BlobStager::add(std::string_view path, ByteView content) {
    const auto limit = is_read_by_hub(path) ? kReadableLimit : kInlineLimit;
    FileRow row;
    if (content.size() > limit) {
        const auto blob =
            co_await files_.store_.pools.compute.run([content] { return git::blob_id(content); });
        row.info = CO_TRY(co_await ingest(blob, content));
    } else if (git::parse_lfs_pointer(content)) {
        row.info = CO_TRY(co_await pointed_at(git::blob_id(content), content));
    } else if (content.size() > kHashInLine) {
        row = co_await files_.store_.pools.compute.run([content] { return inline_file(content); });
    } else {
        row = inline_file(content);
    }
    const StoredBlob stored{row.info.blob, content.size()};
    pending_bytes_ += row.content ? row.content->size() : 0;
    pending_.push_back(std::move(row));
    if (pending_bytes_ >= kMaxPendingBytes || pending_.size() >= kMaxPendingRows)
        CO_TRY(co_await flush());
    co_return stored;
}

Task<Result<FileInfo>> BlobStager::pointed_at(const Oid& blob, ByteView pointer) {
    const auto parsed = git::parse_lfs_pointer(pointer).value();
    const std::array<Sha256, 1> hashes{parsed.sha256};
    const auto object = CO_TRY(co_await files_.find_objects(repo_, hashes))[0];
    if (!object || object->size != parsed.size)
        co_return fail(Code::invalid_argument, "The file is a Git LFS pointer, but its object " +
                                                   to_hex(parsed.sha256) +
                                                   " has not been uploaded to this repository");
    co_return FileInfo{blob, object->size, true, object->sha256, object->file_hash};
}

Task<Result<FileInfo>> BlobStager::ingest(const Oid& blob, ByteView content) {
    if (const auto known = CO_TRY(co_await files_.find(repo_, blob))) co_return *known;
    const auto ingest = files_.store_.ingest(repo_, {.size = content.size(), .sha256 = {}});
    while (!content.empty()) {
        const auto slice = content.first(std::min(content.size(), kSlice));
        content = content.subspan(slice.size());
        CO_TRY(co_await ingest->feed(slice));
    }
    const auto stored = CO_TRY(co_await ingest->finish());
    co_return FileInfo{blob, stored.size, false, stored.sha256, stored.file};
}

Task<Result<void>> BlobStager::flush() {
    if (pending_.empty()) co_return Result<void>{};
    CO_TRY(co_await db::transact(files_.database_, db::Isolation::read_committed, write_files,
                                 repo_, pending_, files_.clock_.now()));
    for (const auto& row : pending_)
        files_.remember(repo_, row.info);
    pending_.clear();
    pending_bytes_ = 0;
    co_return Result<void>{};
}

}  // namespace siahub::hub
