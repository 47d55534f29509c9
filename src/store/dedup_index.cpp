#include "store/dedup_index.hpp"

#include "core/random.hpp"
#include "store/columns.hpp"
#include "xet/chunker.hpp"
#include "xet/shard_builder.hpp"

namespace siahub::store {
namespace {

// Where the chunk is in the xorb, for chunks that clients ask about because they start a file.
std::vector<std::uint32_t> file_starts(const xet::XorbIndex& index, const xet::Hash& chunk) {
    std::vector<std::uint32_t> starts;
    if (xet::is_dedup_eligible(chunk)) return starts;
    for (std::uint32_t i = 0; i < index.chunk_count(); ++i)
        if (index.chunks[i].hash == chunk) starts.push_back(i);
    return starts;
}

}  // namespace

DedupIndex::DedupIndex(db::Database& database, XorbCatalog& catalog, const Clock& clock)
    : database_(database), catalog_(catalog), clock_(clock) {}

Task<Result<std::optional<Bytes>>> DedupIndex::answer(xet::Hash chunk, Readable readable) {
    const auto hit = CO_TRY(co_await find(chunk, readable));
    if (!hit) co_return std::optional<Bytes>{};
    const auto indexes = CO_TRY(co_await neighbourhood(*hit, chunk));
    if (indexes.empty()) co_return std::optional<Bytes>{};
    const auto starts = file_starts(*indexes.front(), chunk);
    std::vector<xet::DedupXorb> xorbs;
    xorbs.reserve(indexes.size());
    for (const SharedIndex& index : indexes)
        xorbs.push_back({.index = index.get(), .file_starts = {}});
    xorbs.front().file_starts = starts;
    const auto now = static_cast<std::uint64_t>(clock_.now() / 1000);
    xet::DedupAnswerTerms terms{.created = now,
                                .expires = now + static_cast<std::uint64_t>(kDedupPromise / 1000)};
    fill_random(terms.key);
    co_return xet::build_dedup_answer(xorbs, terms);
}

Task<Result<std::optional<DedupIndex::Hit>>> DedupIndex::find(const xet::Hash& chunk,
                                                              const Readable& readable) {
    auto rows = CO_TRY(co_await database_.query(
        "SELECT d.xorb_hash, d.repo_id FROM dedup_chunks d LEFT JOIN repos r ON r.id = d.repo_id "
        "WHERE d.chunk = $1 AND (d.repo_id = $2 OR (r.private = 0 AND r.gated = '')) LIMIT 1",
        {chunk.view(), readable.repo}));
    for (const RowId owner : readable.owners) {
        if (!rows.empty()) break;
        rows = CO_TRY(co_await database_.query(
            "SELECT d.xorb_hash, d.repo_id FROM dedup_chunks d JOIN repos r ON r.id = d.repo_id "
            "WHERE d.chunk = $1 AND r.owner_id = $2 LIMIT 1",
            {chunk.view(), owner}));
    }
    if (rows.empty()) co_return std::optional<Hit>{};
    co_return Hit{.xorb = hash_column(rows[0], 0), .repo = rows[0].integer(1)};
}

// The xorb that holds the chunk, then those that follow it in a file of the repository through
// which the caller may see it: a client that holds an old version of a large file learns of it in
// few questions. Xorbs of one chunk stay out: their hash, which an answer shows, is their chunk's.
Task<Result<std::vector<SharedIndex>>> DedupIndex::neighbourhood(Hit hit, const xet::Hash& chunk) {
    std::vector<SharedIndex> indexes;
    auto holder = co_await catalog_.find(hit.xorb);
    if (!holder && holder.error().code == Code::not_found) co_return indexes;
    indexes.push_back(CO_TRY(std::move(holder)));
    const auto& chunks = indexes.front()->chunks;
    const auto place = std::ranges::find(chunks, chunk, &xet::ChunkEntry::hash) - chunks.begin();
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT n.xorb_hash FROM reconstruction_terms n JOIN (SELECT t.file_hash, t.file_offset "
        "FROM reconstruction_terms t JOIN reconstruction_files f ON f.file_hash = t.file_hash "
        "AND f.repo_id = $2 WHERE t.xorb_hash = $1 AND t.chunk_start <= $3 AND t.chunk_end > $3 "
        "LIMIT 1) at ON n.file_hash = at.file_hash AND n.file_offset > at.file_offset "
        "ORDER BY n.file_offset LIMIT 64",
        {hit.xorb.view(), hit.repo, static_cast<std::int64_t>(place)}));
    for (const db::Row& row : rows) {
        const auto xorb = hash_column(row, 0);
        if (indexes.size() == kMaxAnswerXorbs) break;
        if (std::ranges::find(indexes, xorb, [](const SharedIndex& i) { return i->xorb; }) !=
            indexes.end())
            continue;
        auto index = co_await catalog_.find(xorb);
        if (index && (*index)->chunk_count() > 1) indexes.push_back(std::move(*index));
    }
    co_return indexes;
}

Task<Result<SharedIndex>> DedupIndex::find_any(xet::Hash chunk) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT xorb_hash FROM dedup_chunks WHERE chunk = $1 LIMIT 1", {chunk.view()}));
    if (rows.empty()) co_return fail(Code::not_found, "No stored xorb is known to hold the chunk.");
    co_return co_await catalog_.find(hash_column(rows[0], 0));
}

Task<Result<SharedIndex>> DedupIndex::find_sequel(xet::Hash xorb) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT n.xorb_hash FROM reconstruction_terms t JOIN reconstruction_terms n "
        "ON n.file_hash = t.file_hash AND n.file_offset = t.file_offset + t.unpacked_length "
        "WHERE t.xorb_hash = $1 AND n.xorb_hash <> $1 LIMIT 1",
        {xorb.view()}));
    if (rows.empty()) co_return fail(Code::not_found, "No stored file goes on after the xorb.");
    co_return co_await catalog_.find(hash_column(rows[0], 0));
}

}  // namespace siahub::store
