#include "hub/listing.hpp"

#include "db/transact.hpp"
#include "hub/list_sql.hpp"
#include "hub/repo_row.hpp"

#include <algorithm>
#include <unordered_map>

namespace siahub::hub {
namespace {

constexpr std::size_t kTagBatch = 100;
constexpr std::size_t kSortColumn = kRepoColumnCount;
constexpr std::size_t kCardColumn = kSortColumn + 1;
constexpr std::int64_t kTrendingDays = 7;

Result<void> check_terms(const ListQuery& query) {
    if (query.search.size() > Listing::kMaxTerms || query.tags.size() > Listing::kMaxTerms)
        return fail(Code::invalid_argument,
                    "At most " + std::to_string(Listing::kMaxTerms) + " search terms and filters");
    return {};
}

Task<Result<void>> write_trending(db::Transaction& tx, const std::vector<db::Params>& changes) {
    CO_TRY(co_await tx.execute_many("UPDATE repos SET trending = $1 WHERE id = $2", changes));
    co_return co_await tx.commit();
}

Task<Result<std::size_t>> count_up_to(db::Database& database, Durability durability,
                                      std::size_t most) {
    const auto rows = CO_TRY(co_await database.query(
        "SELECT count(*) FROM (SELECT 1 FROM repo_durability WHERE local = $1 LIMIT $2) AS found",
        {std::int64_t{durability == Durability::local}, static_cast<std::int64_t>(most)},
        db::Weight::scan));
    co_return static_cast<std::size_t>(rows.front().integer(0));
}

// "… repo_id IN ($1, $2, …)" over a fixed number of ids.
std::string tags_statement() {
    std::string text = "SELECT repo_id, tag FROM repo_tags WHERE repo_id IN (";
    for (std::size_t i = 1; i <= kTagBatch; ++i)
        text += (i == 1 ? "$" : ", $") + std::to_string(i);
    return text + ") ORDER BY repo_id, tag";
}

}  // namespace

std::optional<SortKey> parse_sort_key(std::string_view word) {
    if (word == "lastModified" || word == "last_modified") return SortKey::last_modified;
    if (word == "createdAt" || word == "created_at") return SortKey::created_at;
    if (word == "downloads") return SortKey::downloads;
    if (word == "likes") return SortKey::likes;
    if (word == "trendingScore" || word == "trending_score") return SortKey::trending;
    return std::nullopt;
}

Task<Result<RepoPage>> Listing::list(const ListQuery& query, const Caller& caller) {
    CO_TRY(check_terms(query));
    std::optional<ListPosition> after;
    if (!query.cursor.empty()) after = CO_TRY(read_cursor(query));
    if (CO_TRY(co_await is_surely_empty(query))) co_return RepoPage{};
    const auto start = CO_TRY(co_await start_of(query));
    if (start.among && start.among->empty()) co_return RepoPage{};

    const auto limit = query.limit == 0 ? kMaxPage : std::min(query.limit, kMaxPage);
    const ListSql sql(query, caller, after, start, limit + 1);
    auto rows = CO_TRY(co_await db_.query(sql.text(), sql.params(), db::Weight::scan));
    RepoPage page;
    if (rows.size() > limit) {
        rows.resize(limit, db::Row({}));
        const auto& last = rows.back();
        page.next_cursor = make_cursor(query, {last.integer(kSortColumn), last.integer(0)});
    }
    page.repos.reserve(rows.size());
    for (const auto& row : rows) {
        auto& listed = page.repos.emplace_back(repo_from_row(row));
        const bool has_card = query.with_cards && !row.is_null(kCardColumn);
        listed.repo.card = has_card ? row.text(kCardColumn) : "{}";
    }
    CO_TRY(co_await load_tags(page.repos));
    co_return page;
}

Task<Result<bool>> Listing::is_surely_empty(const ListQuery& query) {
    if (!query.durability) co_return false;
    co_return CO_TRY(co_await count_up_to(db_, *query.durability, 1)) == 0;
}

Task<Result<ListStart>> Listing::start_of(const ListQuery& query) {
    ListStart start;
    start.among = CO_TRY(co_await search_.candidates(query.kind, query.search, few_));
    if (start.among) co_return start;
    for (std::size_t i = 0; i < query.tags.size() && !start.rare_tag; ++i)
        if (CO_TRY(co_await is_rare(query.tags[i]))) start.rare_tag = i;
    if (!start.rare_tag && query.durability)
        start.rare_durability = CO_TRY(co_await count_up_to(db_, *query.durability, few_)) < few_;
    co_return start;
}

Task<Result<bool>> Listing::is_rare(const std::string& tag) {
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT count(*) FROM (SELECT 1 FROM repo_tags WHERE tag = $1 LIMIT $2) AS found",
        {std::string_view(tag), static_cast<std::int64_t>(few_)}, db::Weight::scan));
    co_return rows.front().integer(0) < static_cast<std::int64_t>(few_);
}

Task<Result<void>> Listing::load_tags(std::span<ListedRepo> repos) {
    const auto statement = tags_statement();
    std::unordered_map<RowId, ListedRepo*> by_id;
    for (auto& listed : repos)
        by_id[listed.repo.id] = &listed;
    for (std::size_t start = 0; start < repos.size(); start += kTagBatch) {
        db::Params ids;
        for (std::size_t i = 0; i < kTagBatch; ++i)
            ids.emplace_back(repos[std::min(start + i, repos.size() - 1)].repo.id);
        const auto rows = CO_TRY(co_await db_.query(statement, std::move(ids), db::Weight::scan));
        for (const auto& row : rows)
            by_id[row.integer(0)]->tags.push_back(row.text(1));
    }
    co_return Result<void>{};
}

Task<Result<std::vector<std::string>>> Listing::tags_of(RowId repo_id) {
    const auto rows = CO_TRY(
        co_await db_.query("SELECT tag FROM repo_tags WHERE repo_id = $1 ORDER BY tag", {repo_id}));
    std::vector<std::string> tags;
    tags.reserve(rows.size());
    for (const auto& row : rows)
        tags.push_back(row.text(0));
    co_return tags;
}

Task<Result<void>> Listing::refresh_trending(std::int64_t today) {
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT coalesce(d.recent, 0), r.id FROM repos r LEFT JOIN"
        " (SELECT repo_id, CAST(sum(count) AS BIGINT) AS recent FROM repo_downloads WHERE day > $1"
        " GROUP BY repo_id) d ON d.repo_id = r.id WHERE r.trending <> coalesce(d.recent, 0) ORDER "
        "BY r.id",
        {today - kTrendingDays}, db::Weight::scan));
    if (rows.empty()) co_return Result<void>{};
    std::vector<db::Params> changes;
    changes.reserve(rows.size());
    for (const auto& row : rows)
        changes.push_back({row.integer(0), row.integer(1)});
    co_return co_await db::transact(db_, db::Isolation::read_committed, write_trending, changes);
}

}  // namespace siahub::hub
