#include "store/file_catalog.hpp"

#include "store/columns.hpp"

namespace siahub::store {
namespace {

constexpr std::int64_t kAllTerms = std::numeric_limits<std::int64_t>::max();

FileInfo file_info(const xet::Hash& file, const db::Row& row) {
    FileInfo info{.file = file, .size = unsigned_column(row, 0), .sha256 = std::nullopt};
    if (!row.is_null(1)) info.sha256 = sha256_column(row, 1);
    return info;
}

Term term_from(const db::Row& row) {
    return {.file_offset = unsigned_column(row, 0),
            .segment = {.xorb = hash_column(row, 1),
                        .chunk_start = static_cast<std::uint32_t>(row.integer(2)),
                        .chunk_end = static_cast<std::uint32_t>(row.integer(3)),
                        .unpacked_length = static_cast<std::uint32_t>(row.integer(4))}};
}

std::vector<xet::Segment> segments_of(std::span<const Term> terms) {
    std::vector<xet::Segment> segments;
    segments.reserve(terms.size());
    for (const Term& term : terms)
        segments.push_back(term.segment);
    return segments;
}

void append_xorbs(std::vector<xet::Hash>& out, std::span<const xet::Segment> segments) {
    for (const xet::Segment& segment : segments)
        out.push_back(segment.xorb);
}

}  // namespace

Result<xet::ByteSpan> resolve_range(const std::optional<xet::RequestedRange>& range,
                                    std::uint64_t size) {
    if (!range) return xet::ByteSpan{.start = 0, .end = size};
    const auto refuse = [size] {
        return fail(Code::range_not_satisfiable,
                    "The file has " + std::to_string(size) + " bytes; the range lies outside it.");
    };
    if (!range->first) {
        if (!range->last || *range->last == 0) return refuse();
        return xet::ByteSpan{.start = size - std::min(size, *range->last), .end = size};
    }
    if (range->last && *range->last < *range->first) return refuse();
    if (*range->first >= size && !(size == 0 && *range->first == 0)) return refuse();
    const auto end = range->last && *range->last < size ? *range->last + 1 : size;
    return xet::ByteSpan{.start = *range->first, .end = end};
}

FileCatalog::FileCatalog(db::Database& database, XorbCatalog& catalog)
    : database_(database), catalog_(catalog) {}

Task<Result<FileInfo>> FileCatalog::find(RowId repo, xet::Hash file) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT size, sha256 FROM reconstruction_files WHERE repo_id = $1 AND file_hash = $2",
        {repo, file.view()}));
    if (rows.empty())
        co_return fail(Code::not_found, "This repository has no file " + file.hex() + ".");
    co_return file_info(file, rows[0]);
}

Task<Result<std::optional<FileInfo>>> FileCatalog::find_sha256(RowId repo, Sha256 sha256) {
    const auto rows = CO_TRY(
        co_await database_.query("SELECT size, sha256, file_hash FROM lfs_objects "
                                 "WHERE repo_id = $1 AND sha256 = $2 AND file_hash IS NOT NULL",
                                 {repo, ByteView(sha256)}));
    if (rows.empty()) co_return std::optional<FileInfo>{};
    co_return file_info(hash_column(rows[0], 2), rows[0]);
}

Task<Result<std::vector<Term>>> FileCatalog::terms(xet::Hash file, std::uint64_t from,
                                                   std::uint64_t to, std::int64_t limit) {
    const auto weight = limit > 256 ? db::Weight::scan : db::Weight::point;
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT file_offset, xorb_hash, chunk_start, chunk_end, unpacked_length "
        "FROM reconstruction_terms WHERE file_hash = $1 AND file_offset < $3 AND file_offset >= "
        "(SELECT MAX(file_offset) FROM reconstruction_terms "
        "WHERE file_hash = $1 AND file_offset <= $2) ORDER BY file_offset LIMIT $4",
        {file.view(), as_integer(from), as_integer(to), limit}, weight));
    std::vector<Term> terms;
    terms.reserve(rows.size());
    for (const db::Row& row : rows)
        terms.push_back(term_from(row));
    co_return terms;
}

Task<Result<xet::Reconstruction>> FileCatalog::plan(RowId repo, xet::Hash file,
                                                    std::optional<xet::RequestedRange> range) {
    const auto info = CO_TRY(co_await find(repo, file));
    const auto bytes = CO_TRY(resolve_range(range, info.size));
    if (bytes.size() == 0) co_return xet::Reconstruction{};
    const auto found = CO_TRY(co_await terms_of(file, bytes));
    if (found.empty()) co_return fail(Code::internal, "The recipe of the file is missing.");
    const auto segments = segments_of(found);
    std::vector<xet::Hash> xorbs;
    append_xorbs(xorbs, segments);
    const auto indexes = CO_TRY(co_await catalog_.load(xorbs));
    const xet::Selection selection{.segments = segments,
                                   .bytes = bytes,
                                   .skip_in_first = bytes.start - found.front().file_offset};
    co_return xet::plan_reconstruction(selection, indexes.lookup());
}

// Few terms are read in line. Only a file cut into many pieces goes to the scan threads.
Task<Result<std::vector<Term>>> FileCatalog::terms_of(const xet::Hash& file, xet::ByteSpan bytes) {
    constexpr std::int64_t few = 128;
    auto found = CO_TRY(co_await terms(file, bytes.start, bytes.end, few));
    if (std::ssize(found) < few) co_return found;
    co_return co_await terms(file, bytes.start, bytes.end, kAllTerms);
}

Task<Result<xet::BatchReconstruction>> FileCatalog::plan_batch(RowId repo,
                                                               std::span<const xet::Hash> files) {
    std::vector<xet::BatchFile> batch;
    std::vector<xet::Hash> xorbs;
    for (const xet::Hash& file : files) {
        const auto info = co_await find(repo, file);
        if (!info && info.error().code == Code::not_found) continue;
        const auto size = CO_TRY(Result<FileInfo>(info)).size;
        const auto found = CO_TRY(co_await terms_of(file, {.start = 0, .end = size}));
        batch.push_back({.file = file, .terms = segments_of(found)});
        append_xorbs(xorbs, batch.back().terms);
    }
    const auto indexes = CO_TRY(co_await catalog_.load(xorbs));
    co_return xet::plan_batch(batch, indexes.lookup());
}

}  // namespace siahub::store
