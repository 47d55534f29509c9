#include "hub/search_index.hpp"

#include "db/transact.hpp"
#include "hub/names.hpp"
#include "hub/repo_lock.hpp"

#include <algorithm>

namespace siahub::hub {
namespace {

// As in 0005_search.sql, which fills the table for the repositories that were there before.
#define SIAHUB_TAILS                                                                         \
    "WITH RECURSIVE tails (kind, repo_id, tail) AS ("                                        \
    "SELECT substr(kind, 1, 1), id, full_key FROM repos WHERE id = $1 AND kind <> 'mirror' " \
    "UNION ALL SELECT kind, repo_id, substr(tail, 2) FROM tails WHERE length(tail) > 1) "

constexpr std::size_t kGramChars = 14;

constexpr std::string_view kAdd =
    "INSERT INTO repo_grams (gram, repo_id) " SIAHUB_TAILS
    "SELECT DISTINCT kind || substr(tail, 1, 14), repo_id FROM tails WHERE true"
    " ON CONFLICT (gram, repo_id) DO NOTHING";
constexpr std::string_view kRemove = SIAHUB_TAILS
    "DELETE FROM repo_grams WHERE repo_id = $1 AND gram IN"
    " (SELECT kind || substr(tail, 1, 14) FROM tails)";

// The order makes PostgreSQL's planner read the key, whatever it believes about its contents.
constexpr std::string_view kFind =
    "SELECT repo_id FROM repo_grams WHERE gram >= $1 AND gram <= $2 ORDER BY gram, repo_id LIMIT "
    "$3";

// Whose namespace or name is not there.
constexpr std::string_view kMissing =
    "SELECT r.id FROM repos r WHERE r.kind <> 'mirror' AND NOT ("
    "EXISTS (SELECT 1 FROM repo_grams g WHERE g.repo_id = r.id AND"
    " g.gram = substr(r.kind, 1, 1) || substr(r.full_key, 1, 14)) AND "
    "EXISTS (SELECT 1 FROM repo_grams g WHERE g.repo_id = r.id AND"
    " g.gram = substr(r.kind, 1, 1) || substr(r.full_key, length(r.namespace) + 2, 14)))"
    " ORDER BY r.id";

constexpr std::string_view kLastChar = "\U0010FFFF";

// Where the characters of a text begin, and its end.
std::vector<std::size_t> char_starts(std::string_view text) {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
    starts.push_back(text.size());
    return starts;
}

GramRange range_of(char kind, std::string_view stretch, std::size_t chars) {
    GramRange range;
    range.first = kind;
    range.first += stretch;
    range.last = range.first;
    for (; chars < kGramChars; ++chars)
        range.last += kLastChar;
    return range;
}

Task<Result<void>> mend_one(db::Transaction& tx, RowId repo) {
    const auto locked = co_await lock_repo(tx, repo);
    if (!locked && locked.error().code == Code::repo_not_found) co_return Result<void>{};  // gone
    CO_TRY(locked);
    CO_TRY(co_await index_name(tx, repo));
    co_return co_await tx.commit();
}

}  // namespace

Task<Result<void>> index_name(db::Transaction& tx, RowId repo) {
    CO_TRY(co_await tx.query(kAdd, {repo}));
    co_return Result<void>{};
}

Task<Result<void>> unindex_name(db::Transaction& tx, RowId repo) {
    CO_TRY(co_await tx.query(kRemove, {repo}));
    co_return Result<void>{};
}

std::vector<GramRange> gram_ranges(RepoKind kind, std::string_view term) {
    const auto key = name_key(term);
    const auto starts = char_starts(key);
    const auto chars = starts.size() - 1;
    std::vector<GramRange> ranges;
    for (std::size_t at = 0; at < chars; at += kGramChars) {
        // The last stretch is as long as the others: more characters are more selective.
        const auto from = chars < kGramChars ? 0 : std::min(at, chars - kGramChars);
        const auto to = std::min(chars, from + kGramChars);
        const auto stretch = std::string_view(key).substr(starts[from], starts[to] - starts[from]);
        ranges.push_back(range_of(to_string(kind).front(), stretch, to - from));
    }
    return ranges;
}

Task<Result<std::optional<std::vector<RowId>>>> SearchIndex::candidates(
    RepoKind kind, std::span<const std::string> terms, std::size_t limit) {
    for (const auto& term : terms)
        for (const auto& range : gram_ranges(kind, term)) {
            const auto rows = CO_TRY(
                co_await db_.query(kFind,
                                   {std::string_view(range.first), std::string_view(range.last),
                                    static_cast<std::int64_t>(limit)},
                                   db::Weight::scan));
            if (rows.size() >= limit) continue;
            std::vector<RowId> ids;
            ids.reserve(rows.size());
            for (const auto& row : rows)
                ids.push_back(row.integer(0));
            std::ranges::sort(ids);
            const auto repeated = std::ranges::unique(ids);
            ids.erase(repeated.begin(), repeated.end());
            co_return ids;
        }
    co_return std::nullopt;
}

Task<Result<void>> SearchIndex::mend() {
    const auto missing = CO_TRY(co_await db_.query(kMissing, {}, db::Weight::scan));
    for (const auto& row : missing)
        CO_TRY(co_await db::transact(db_, db::Isolation::read_committed, mend_one, row.integer(0)));
    co_return Result<void>{};
}

}  // namespace siahub::hub
