#include "store/registration.hpp"

#include "db/lock_order.hpp"
#include "store/columns.hpp"
#include "store/durability.hpp"

namespace siahub::store {
namespace {

// The recipe of a file that exists stays: only one way to cut it may be in the table. Terms go in
// last to first, so that the one at offset 0 appears when all others are there. Whoever registers
// the file at the same time fails on that term at the latest, begins again and finds it done.
constexpr std::string_view kInsertTerm =
    "INSERT INTO reconstruction_terms (file_hash, file_offset, xorb_hash, chunk_start, chunk_end, "
    "unpacked_length) SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS "
    "(SELECT 1 FROM reconstruction_terms WHERE file_hash = $1 AND file_offset = 0)";

constexpr std::string_view kInsertFile =
    "INSERT INTO reconstruction_files (repo_id, file_hash, size, sha256, created_at) "
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (repo_id, file_hash) DO UPDATE SET "
    "sha256 = COALESCE(reconstruction_files.sha256, excluded.sha256)";

constexpr std::string_view kLinkClaimed =
    "INSERT INTO lfs_objects (repo_id, sha256, size, file_hash, created_at) "
    "VALUES ($1, $4, $3, $2, $5) ON CONFLICT (repo_id, sha256) DO UPDATE SET "
    "file_hash = excluded.file_hash, size = excluded.size "
    "WHERE lfs_objects.file_hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM repo_files f "
    "WHERE f.repo_id = excluded.repo_id AND f.sha256 = excluded.sha256)";

constexpr std::string_view kLinkComputed =
    "INSERT INTO lfs_objects (repo_id, sha256, size, file_hash, created_at) "
    "VALUES ($1, $4, $3, $2, $5) ON CONFLICT (repo_id, sha256) DO UPDATE SET "
    "file_hash = excluded.file_hash, size = excluded.size "
    "WHERE lfs_objects.file_hash IS NOT NULL";

constexpr std::string_view kInsertDedup =
    "INSERT INTO dedup_chunks (chunk, repo_id, xorb_hash) VALUES ($1, $2, $3) "
    "ON CONFLICT (chunk, repo_id) DO NOTHING";

void append_terms(std::vector<db::Params>& batch, const FileToRegister& file) {
    std::uint64_t offset = 0;
    const auto first = batch.size();
    for (const xet::Segment& segment : file.segments) {
        batch.push_back({file.file.view(), as_integer(offset), segment.xorb.view(),
                         std::int64_t{segment.chunk_start}, std::int64_t{segment.chunk_end},
                         std::int64_t{segment.unpacked_length}});
        offset += segment.unpacked_length;
    }
    std::reverse(batch.begin() + static_cast<std::ptrdiff_t>(first), batch.end());
}

}  // namespace

void Registration::add_file(const FileToRegister& file) {
    files_.push_back(file);
}

void Registration::add_dedup_entry(const DedupEntry& entry) {
    dedup_entries_.push_back(entry);
}

Task<Result<void>> Registration::write(db::Transaction& transaction) const {
    std::vector<db::Params> terms;
    std::vector<db::Params> files;
    std::vector<db::Params> links;
    std::vector<db::Params> dedup;
    files.reserve(files_.size());
    dedup.reserve(dedup_entries_.size());
    for (const FileToRegister& file : files_) {
        append_terms(terms, file);
        files.push_back({repo_, file.file.view(), as_integer(file.size), nullptr, now_});
        if (!file.sha256) continue;
        files.back()[3] = ByteView(*file.sha256);
        links.push_back(files.back());
    }
    for (const DedupEntry& entry : dedup_entries_)
        dedup.push_back({entry.chunk.view(), repo_, entry.xorb.view()});
    db::sort_by_bytes(terms, 0);
    db::sort_by_bytes(files, 1);
    db::sort_by_bytes(links, 3);
    db::sort_by_bytes(dedup, 0);
    CO_TRY(co_await transaction.execute_many(kInsertTerm, terms));
    CO_TRY(co_await transaction.execute_many(kInsertFile, files));
    const auto link = source_ == Sha256Source::computed ? kLinkComputed : kLinkClaimed;
    CO_TRY(co_await transaction.execute_many(link, links));
    CO_TRY(co_await transaction.execute_many(kInsertDedup, dedup));
    if (!files.empty()) CO_TRY(co_await Durability::note_files(transaction, repo_));
    co_return Result<void>{};
}

}  // namespace siahub::store
