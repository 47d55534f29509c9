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
constexpr std::size_t kCountedOfTag = 32'768;

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

Task<Result<std::size_t>> count_durable(db::Database& database, Durability durability,
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
    const auto limit = query.limit == 0 ? kMaxPage : std::min(query.limit, kMaxPage);
    auto rows = CO_TRY(co_await rows_of(query, caller, after, limit + 1));
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

Task<Result<db::Rows>> Listing::rows_of(const ListQuery& query, const Caller& caller,
                                        std::optional<ListPosition> after, std::size_t limit) {
    auto start = CO_TRY(co_await start_of(query));
    if (start.among && start.among->empty()) co_return db::Rows{};
    ListRange range{.after = after};
    const bool is_walk =
        query.author.empty() && !start.among && !start.tag && !start.rare_durability;
    if (is_walk && !query.tags.empty())
        range.until = CO_TRY(co_await end_of_walk(query, after, limit));
    {
        const ListSql sql(query, caller, range, start, limit);
        auto rows = CO_TRY(co_await db_.query(sql.text(), sql.params(), db::Weight::scan));
        if (!range.until || rows.size() == limit) co_return rows;
    }
    start.tag = CO_TRY(co_await rarest_tag(query));
    const ListSql sql(query, caller, {.after = after}, start, limit);
    co_return co_await db_.query(sql.text(), sql.params(), db::Weight::scan);
}

Task<Result<std::optional<ListPosition>>> Listing::end_of_walk(const ListQuery& query,
                                                               std::optional<ListPosition> after,
                                                               std::size_t limit) {
    const ListStepsSql sql(query, after, rules_.walk + 4 * limit);
    const auto rows = CO_TRY(co_await db_.query(sql.text(), sql.params(), db::Weight::scan));
    if (rows.empty()) co_return std::nullopt;
    co_return ListPosition{rows[0].integer(0), rows[0].integer(1)};
}

// Counting reads an index alone, up to the fewest so far.
Task<Result<std::size_t>> Listing::rarest_tag(const ListQuery& query) {
    std::size_t rarest = 0;
    auto fewest = CO_TRY(co_await count_up_to(query.tags[0], kCountedOfTag));
    for (std::size_t i = 1; i < query.tags.size(); ++i) {
        const auto count = CO_TRY(co_await count_up_to(query.tags[i], fewest));
        if (count < fewest) rarest = i;
        fewest = std::min(fewest, count);
    }
    co_return rarest;
}

Task<Result<bool>> Listing::is_surely_empty(const ListQuery& query) {
    if (!query.durability) co_return false;
    co_return CO_TRY(co_await count_durable(db_, *query.durability, 1)) == 0;
}

Task<Result<ListStart>> Listing::start_of(const ListQuery& query) {
    ListStart start;
    start.among = CO_TRY(co_await search_.candidates(query.kind, query.search, rules_.few));
    if (start.among) co_return start;
    const auto few = rules_.few;
    for (std::size_t i = 0; i < query.tags.size() && !start.tag; ++i)
        if (CO_TRY(co_await count_up_to(query.tags[i], few)) < few) start.tag = i;
    if (!start.tag && query.durability)
        start.rare_durability = CO_TRY(co_await count_durable(db_, *query.durability, few)) < few;
    co_return start;
}

Task<Result<std::size_t>> Listing::count_up_to(const std::string& tag, std::size_t most) {
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT count(*) FROM (SELECT 1 FROM repo_tags WHERE tag = $1 LIMIT $2) AS found",
        {std::string_view(tag), static_cast<std::int64_t>(most)}, db::Weight::scan));
    co_return static_cast<std::size_t>(rows.front().integer(0));
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
