#include "hub/storage_view.hpp"

#include "hub/hash_parts.hpp"
#include "hub/storage_sql.hpp"
#include "store/columns.hpp"

#include <algorithm>
#include <set>

namespace siahub::hub {
namespace {

using store::as_integer;

constexpr std::array<std::byte, 32> kBeforeAll{};

ByteView position_of(const std::optional<xet::Hash>& after) {
    return after ? after->view() : ByteView(kBeforeAll);
}

std::vector<xet::Hash> hashes_of(const db::Rows& rows) {
    std::vector<xet::Hash> hashes;
    hashes.reserve(rows.size());
    for (const auto& row : rows)
        hashes.push_back(store::hash_column(row, 0));
    return hashes;
}

std::optional<store::RemoteObject> object_from(const db::Row& row, std::size_t column) {
    if (row.is_null(column) || row.is_null(column + 1)) return std::nullopt;
    store::RemoteObject object;
    const auto& id = row.blob(column);
    std::copy_n(id.begin(), std::min(id.size(), object.id.size()), object.id.begin());
    object.sealed = row.blob(column + 1);
    return object;
}

XorbEntry entry_from(const xet::Hash& xorb, const db::Row& row) {
    XorbEntry entry;
    entry.xorb = xorb;
    entry.chunks = row.integer(0);
    entry.size = row.integer(1);
    entry.stored = row.integer(2);
    entry.created_at = row.integer(3);
    entry.state = row.text(4);
    entry.last_error = row.text(5);
    if (entry.state == "pinned") entry.object = object_from(row, 6);
    entry.local = row.integer(8) > 0;
    return entry;
}

}  // namespace

void tag_invoke(boost::json::value_from_tag, boost::json::value& json,
                const StorageView::Bodies& bodies) {
    json = {bodies.count, bodies.bytes};
}

StorageView::Bodies tag_invoke(boost::json::value_to_tag<StorageView::Bodies>,
                               const boost::json::value& json) {
    const auto& pair = json.as_array();
    return {.count = pair.at(0).to_number<std::int64_t>(),
            .bytes = pair.at(1).to_number<std::int64_t>()};
}

StorageView::StorageView(db::Database& database, const Clock& clock, LongCountRules rules)
    : database_(database),
      counts_(
          database, clock, "assets", [this] { return count_assets(); }, rules),
      bodies_(database, clock, "bodies", [this] { return count_bodies(); },
              {.at_least = 0, .slow_after = rules.slow_after}) {}

Task<Result<StorageSummary>> StorageView::summary(RowId repo, const Caller& caller) {
    StorageSummary summary;
    CO_TRY(co_await add_contents(repo, summary));
    CO_TRY(co_await add_xorbs(repo, caller, summary));
    co_return summary;
}

Task<Result<void>> StorageView::add_contents(RowId repo, StorageSummary& summary) {
    const auto files =
        CO_TRY(co_await database_.query("SELECT COUNT(*), CAST(coalesce(SUM(size), 0) AS BIGINT) "
                                        "FROM repo_files WHERE repo_id = $1",
                                        {repo}, db::Weight::scan));
    const auto inlined = CO_TRY(co_await database_.query(
        "SELECT COUNT(*), CAST(coalesce(SUM(size), 0) AS BIGINT) FROM lfs_objects"
        " WHERE repo_id = $1 AND content IS NOT NULL",
        {repo}, db::Weight::scan));
    summary.files = files[0].integer(0);
    summary.bytes = files[0].integer(1);
    summary.inline_files = inlined[0].integer(0);
    summary.inline_bytes = inlined[0].integer(1);
    co_return Result<void>{};
}

Task<Result<void>> StorageView::add_xorbs(RowId repo, const Caller& caller,
                                          StorageSummary& summary) {
    const auto sums = CO_TRY(
        co_await database_.query(storage_sql::kSummary, {repo, caller.user_id}, db::Weight::scan));
    const auto large = CO_TRY(co_await database_.query(
        "SELECT CAST(coalesce(SUM(size), 0) AS BIGINT) FROM reconstruction_files"
        " WHERE repo_id = $1",
        {repo}, db::Weight::scan));
    summary.xorbs = sums[0].integer(0);
    summary.stored = sums[0].integer(2);
    summary.pinned = sums[0].integer(3);
    summary.shared = sums[0].integer(4);
    summary.dedup_saved = std::max<std::int64_t>(0, large[0].integer(0) - sums[0].integer(1));
    co_return Result<void>{};
}

Task<Result<XorbPage>> StorageView::xorbs(RowId repo, const Caller& caller,
                                          std::optional<xet::Hash> after, std::size_t limit) {
    const auto rows = CO_TRY(co_await database_.query(
        storage_sql::kXorbsOfRepo, {repo, position_of(after), as_integer(limit + 1)},
        db::Weight::scan));
    co_return co_await page_of(hashes_of(rows), limit, repo, caller);
}

Task<Result<XorbPage>> StorageView::page_of(std::vector<xet::Hash> xorbs, std::size_t limit,
                                            std::optional<RowId> repo, const Caller& caller) {
    XorbPage page;
    if (xorbs.size() > limit) {
        xorbs.resize(limit);
        page.next = xorbs.back();
    }
    page.xorbs = CO_TRY(co_await describe(xorbs, repo, caller));
    co_return page;
}

Task<Result<std::vector<XorbEntry>>> StorageView::describe(std::span<const xet::Hash> xorbs,
                                                           std::optional<RowId> repo,
                                                           const Caller& caller) {
    std::vector<XorbEntry> entries;
    for (const auto& xorb : xorbs)
        if (auto entry = CO_TRY(co_await describe_one(xorb, repo, caller)))
            entries.push_back(*std::move(entry));
    co_return entries;
}

Task<Result<std::optional<XorbEntry>>> StorageView::describe_one(xet::Hash xorb,
                                                                 std::optional<RowId> repo,
                                                                 const Caller& caller) {
    const auto rows = CO_TRY(co_await database_.query(storage_sql::kXorb, {xorb.view()}));
    if (rows.empty()) co_return std::nullopt;
    auto entry = entry_from(xorb, rows[0]);
    CO_TRY(co_await add_repos(entry, caller));
    CO_TRY(co_await add_use(entry, repo));
    co_return entry;
}

Task<Result<void>> StorageView::add_repos(XorbEntry& entry, const Caller& caller) {
    const auto rows = CO_TRY(co_await database_.query(
        storage_sql::kReposOfXorb,
        {entry.xorb.view(), caller.user_id, as_integer(XorbEntry::kMostRepos + 1)},
        db::Weight::scan));
    for (const auto& row : rows)
        entry.repos.push_back({row.text(0), row.text(1) + "/" + row.text(2)});
    entry.more_repos = entry.repos.size() > XorbEntry::kMostRepos;
    if (entry.more_repos) entry.repos.resize(XorbEntry::kMostRepos);
    co_return Result<void>{};
}

Task<Result<void>> StorageView::add_use(XorbEntry& entry, std::optional<RowId> repo) {
    if (!repo) {
        const auto rows = CO_TRY(co_await database_.query(storage_sql::kFilesOfXorb,
                                                          {entry.xorb.view()}, db::Weight::scan));
        entry.files = rows[0].integer(0);
        co_return Result<void>{};
    }
    const auto rows = CO_TRY(co_await database_.query(
        storage_sql::kUseOfXorb, {entry.xorb.view(), *repo}, db::Weight::scan));
    std::set<Bytes> files;
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> ranges;
    for (const auto& row : rows) {
        files.insert(row.blob(0));
        ranges[{row.integer(1), row.integer(2)}] = row.integer(3);
    }
    entry.files = std::ssize(files);
    std::int64_t used = 0;
    for (const auto& [range, length] : ranges)
        used += length;
    entry.used = std::min(used, entry.size);
    co_return Result<void>{};
}

Task<Result<DeletionPreview>> StorageView::deletion(RowId repo, const Caller& caller) {
    StorageSummary contents;
    CO_TRY(co_await add_contents(repo, contents));
    const auto freed = CO_TRY(
        co_await database_.query(storage_sql::kFreed, {repo, caller.user_id}, db::Weight::scan));
    const auto commits = CO_TRY(co_await database_.query(
        "SELECT COUNT(*) FROM repo_commits WHERE repo_id = $1", {repo}, db::Weight::scan));
    co_return DeletionPreview{.files = contents.files,
                              .bytes = contents.bytes,
                              .frees = freed[0].integer(0) + contents.inline_bytes,
                              .commits = commits[0].integer(0)};
}

Task<Result<XorbPage>> StorageView::assets(std::string_view state, const Caller& caller,
                                           std::optional<xet::Hash> after, std::size_t limit) {
    db::Params params{position_of(after), as_integer(limit + 1)};
    auto sql = storage_sql::kAssets;
    if (state == "local") {
        sql = storage_sql::kAssetsWithoutPin;
    } else if (!state.empty()) {
        sql = storage_sql::kAssetsOfState;
        params.emplace_back(state);
    }
    const auto rows = CO_TRY(co_await database_.query(sql, std::move(params), db::Weight::scan));
    co_return co_await page_of(hashes_of(rows), limit, std::nullopt, caller);
}

Task<Result<StorageView::AssetCount>> StorageView::asset_count(std::string_view state) {
    const auto counts = CO_TRY(co_await counts_.get());
    const auto found = counts->find(std::string(state));
    co_return AssetCount{.total = found == counts->end() ? 0 : found->second,
                         .counted_at = counts.at};
}

Task<Result<StorageView::Counts>> StorageView::count_assets() {
    Counts counts;
    CO_TRY(co_await for_hash_parts(database_, storage_sql::kAssetCounts, stopped_,
                                   [&](const db::Row& row) {
                                       counts[row.text(0)] += row.integer(1);
                                       counts[""] += row.integer(1);
                                   }));
    co_return counts;
}

Task<Result<Counted<StorageView::BodiesByNode>>> StorageView::bodies() {
    return bodies_.get();
}

Task<Result<StorageView::BodiesByNode>> StorageView::count_bodies() {
    const auto rows = CO_TRY(co_await database_.query(storage_sql::kBodies, {}, db::Weight::scan));
    BodiesByNode bodies;
    for (const auto& row : rows)
        bodies[row.text(0)] = {.count = row.integer(1), .bytes = row.integer(2)};
    co_return bodies;
}

Task<Result<void>> StorageView::renew() {
    CO_TRY(co_await counts_.renew());
    if (!stopped_) CO_TRY(co_await bodies_.renew());
    co_return Result<void>{};
}

}  // namespace siahub::hub
