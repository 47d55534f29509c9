#include "store/new_chunks.hpp"

#include "store/columns.hpp"

#include <map>

namespace siahub::store {
namespace {

constexpr std::int64_t kMostSeen = 65'536;

constexpr std::string_view kOwnTerms =
    "SELECT xorb_hash, chunk_start, chunk_end, unpacked_length FROM reconstruction_terms"
    " WHERE file_hash = $1 ORDER BY file_offset LIMIT $2";
// Of files that came together the one with the smaller hash counts as the earlier.
constexpr std::string_view kSeen =
    "SELECT s.xorb_hash, s.chunk_start, s.chunk_end FROM (SELECT DISTINCT xorb_hash FROM"
    " reconstruction_terms WHERE file_hash = $2) n JOIN reconstruction_terms s"
    " ON s.xorb_hash = n.xorb_hash JOIN reconstruction_files f"
    " ON f.repo_id = $1 AND f.file_hash = s.file_hash"
    " WHERE f.created_at < $3 OR (f.created_at = $3 AND f.file_hash < $2) LIMIT $4";

struct Range {
    xet::Hash xorb;
    std::uint32_t start = 0, end = 0;
};

Range range_from(const db::Row& row) {
    return {hash_column(row, 0), static_cast<std::uint32_t>(row.integer(1)),
            static_cast<std::uint32_t>(row.integer(2))};
}

// Chunks that were there, xorb by xorb.
class Coverage {
  public:
    // Which of these were not there yet; they are from now on.
    std::vector<std::uint32_t> add(const Range& range) {
        auto& covered = xorbs_[range.xorb];
        if (covered.size() < range.end) covered.resize(range.end);
        std::vector<std::uint32_t> fresh;
        for (auto i = range.start; i < range.end; ++i) {
            if (!covered[i]) fresh.push_back(i);
            covered[i] = true;
        }
        return fresh;
    }

  private:
    std::map<xet::Hash, std::vector<bool>> xorbs_;
};

Task<Result<std::optional<std::int64_t>>> bytes_of(XorbCatalog& catalog, Range range,
                                                   const std::vector<std::uint32_t>& chunks) {
    const auto index = co_await catalog.find(range.xorb);
    if (!index && index.error().code == Code::not_found) co_return std::nullopt;
    const auto known = CO_TRY(Result<SharedIndex>(index));
    std::int64_t bytes = 0;
    for (const auto chunk : chunks) {
        if (!known->has_range(chunk, chunk + 1)) co_return std::nullopt;
        bytes += known->unpacked_size(chunk, chunk + 1);
    }
    co_return bytes;
}

}  // namespace

Task<Result<std::optional<NewChunks>>> new_chunks(db::Database& database, XorbCatalog& catalog,
                                                  RowId repo, xet::Hash file) {
    const auto files = CO_TRY(co_await database.query(
        "SELECT created_at FROM reconstruction_files WHERE repo_id = $1 AND file_hash = $2",
        {repo, file.view()}));
    if (files.empty()) co_return std::nullopt;
    const auto own =
        CO_TRY(co_await database.query(kOwnTerms, {file.view(), kMostTerms + 1}, db::Weight::scan));
    if (std::ssize(own) > kMostTerms) co_return std::nullopt;
    const auto seen = CO_TRY(co_await database.query(
        kSeen, {repo, file.view(), files[0].integer(0), kMostSeen}, db::Weight::scan));
    if (std::ssize(seen) == kMostSeen) co_return std::nullopt;

    Coverage coverage;
    for (const auto& row : seen)
        coverage.add(range_from(row));
    NewChunks counted;
    for (const auto& row : own) {
        const auto range = range_from(row);
        const auto fresh = coverage.add(range);
        counted.total += range.end - range.start;
        counted.fresh += std::ssize(fresh);
        if (fresh.empty()) continue;
        if (fresh.size() == range.end - range.start) {
            counted.fresh_bytes += row.integer(3);
            continue;
        }
        // Only where a part of a range is new its chunks are looked at.
        const auto bytes = CO_TRY(co_await bytes_of(catalog, range, fresh));
        if (!bytes) co_return std::nullopt;
        counted.fresh_bytes += *bytes;
    }
    co_return counted;
}

}  // namespace siahub::store
