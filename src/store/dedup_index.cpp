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

bool describes(const std::vector<SharedIndex>& indexes, const xet::Hash& xorb) {
    return std::ranges::find(indexes, xorb, [](const SharedIndex& i) { return i->xorb; }) !=
           indexes.end();
}

}  // namespace

DedupIndex::DedupIndex(db::Database& database, XorbCatalog& catalog, const Clock& clock)
    : database_(database), catalog_(catalog), clock_(clock) {}

Task<Result<std::optional<Bytes>>> DedupIndex::answer(xet::Hash chunk, Readable readable) {
    std::vector<SharedIndex> indexes;
    const auto hits = CO_TRY(co_await find(chunk, readable));
    for (const Hit& hit : hits)
        CO_TRY(co_await add_neighbourhood(hit, chunk, indexes));
    if (indexes.empty()) co_return std::optional<Bytes>{};
    std::vector<std::vector<std::uint32_t>> starts;
    starts.reserve(indexes.size());
    for (const SharedIndex& index : indexes)
        starts.push_back(file_starts(*index, chunk));
    std::vector<xet::DedupXorb> xorbs;
    xorbs.reserve(indexes.size());
    for (std::size_t i = 0; i < indexes.size(); ++i)
        xorbs.push_back({.index = indexes[i].get(), .file_starts = starts[i]});
    const auto now = static_cast<std::uint64_t>(clock_.now() / 1000);
    xet::DedupAnswerTerms terms{.created = now,
                                .expires = now + static_cast<std::uint64_t>(kDedupPromise / 1000)};
    fill_random(terms.key);
    co_return xet::build_dedup_answer(xorbs, terms);
}

// The caller's own repository comes first: it holds the earlier version of what he is about to
// send, while a stranger's file may merely begin alike.
Task<Result<std::vector<DedupIndex::Hit>>> DedupIndex::find(const xet::Hash& chunk,
                                                            const Readable& readable) {
    auto rows = CO_TRY(co_await database_.query(
        "SELECT d.xorb_hash, d.repo_id FROM dedup_chunks d LEFT JOIN repos r ON r.id = d.repo_id "
        "WHERE d.chunk = $1 AND (d.repo_id = $2 OR (r.private = 0 AND r.gated = '')) "
        "ORDER BY d.repo_id <> $2 LIMIT $3",
        {chunk.view(), readable.repo, static_cast<std::int64_t>(kMaxHits)}));
    for (const RowId owner : readable.owners) {
        if (!rows.empty()) break;
        rows = CO_TRY(co_await database_.query(
            "SELECT d.xorb_hash, d.repo_id FROM dedup_chunks d JOIN repos r ON r.id = d.repo_id "
            "WHERE d.chunk = $1 AND r.owner_id = $2 LIMIT $3",
            {chunk.view(), owner, static_cast<std::int64_t>(kMaxHits)}));
    }
    std::vector<Hit> hits;
    hits.reserve(rows.size());
    for (const db::Row& row : rows)
        hits.push_back({.xorb = hash_column(row, 0), .repo = row.integer(1)});
    co_return hits;
}

// The xorb that holds the chunk, then those that follow it in the newest file of the repository
// through which the caller may see it: a client that holds an old version of a large file learns of
// it in few questions. Xorbs of one chunk stay out: their hash, which an answer shows, is their
// chunk's.
Task<Result<void>> DedupIndex::add_neighbourhood(Hit hit, xet::Hash chunk,
                                                 std::vector<SharedIndex>& indexes) {
    auto holder = co_await catalog_.find(hit.xorb);
    if (!holder && holder.error().code == Code::not_found) co_return Result<void>{};
    const auto index = CO_TRY(std::move(holder));
    if (!describes(indexes, hit.xorb)) indexes.push_back(index);
    const auto& chunks = index->chunks;
    const auto place = std::ranges::find(chunks, chunk, &xet::ChunkEntry::hash) - chunks.begin();
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT n.xorb_hash FROM reconstruction_terms n JOIN (SELECT t.file_hash, t.file_offset "
        "FROM reconstruction_terms t JOIN reconstruction_files f ON f.file_hash = t.file_hash "
        "AND f.repo_id = $2 WHERE t.xorb_hash = $1 AND t.chunk_start <= $3 AND t.chunk_end > $3 "
        "ORDER BY f.created_at DESC LIMIT 1) at "
        "ON n.file_hash = at.file_hash AND n.file_offset > at.file_offset "
        "ORDER BY n.file_offset LIMIT 64",
        {hit.xorb.view(), hit.repo, static_cast<std::int64_t>(place)}));
    for (const db::Row& row : rows) {
        if (indexes.size() >= kMaxAnswerXorbs) break;
        const auto xorb = hash_column(row, 0);
        if (describes(indexes, xorb)) continue;
        auto next = co_await catalog_.find(xorb);
        if (next && (*next)->chunk_count() > 1) indexes.push_back(std::move(*next));
    }
    co_return Result<void>{};
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
