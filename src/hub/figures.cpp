#include "hub/figures.hpp"

#include "hub/hash_parts.hpp"
#include "hub/tag_types.hpp"

namespace siahub::hub {
namespace json = boost::json;
namespace {

constexpr UnixMillis kDay = 24LL * 60 * 60 * 1000;

// repo_files has a row per content ever committed, and none of the contents.
constexpr std::string_view kBytes =
    "SELECT CAST(coalesce(SUM(f.size), 0) AS BIGINT) FROM repos r JOIN repo_files f"
    " ON f.repo_id = r.id WHERE r.private = 0 AND r.kind <> 'mirror'";
constexpr std::string_view kLargeBytes =
    "SELECT CAST(coalesce(SUM(f.size), 0) AS BIGINT) FROM repos r JOIN reconstruction_files f"
    " ON f.repo_id = r.id WHERE r.private = 0 AND r.kind <> 'mirror'";
constexpr std::string_view kXorbs =
    "SELECT CAST(coalesce(SUM(x.stored_size), 0) AS BIGINT),"
    " CAST(coalesce(SUM(x.unpacked_size), 0) AS BIGINT),"
    " CAST(coalesce(SUM(CASE WHEN p.state = 'pinned' THEN x.stored_size ELSE 0 END), 0) AS BIGINT)"
    " FROM xorbs x LEFT JOIN xorb_pins p ON p.hash = x.hash WHERE x.hash >= $1 AND x.hash < $2"
    " AND EXISTS (SELECT 1 FROM reconstruction_terms t JOIN reconstruction_files f ON f.file_hash ="
    " t.file_hash JOIN repos r ON r.id = f.repo_id WHERE t.xorb_hash = x.hash AND r.private = 0"
    " AND r.kind <> 'mirror')";
constexpr std::string_view kCommitsToday =
    "SELECT COUNT(*) FROM usage_log l JOIN repos r ON r.id = l.repo_id"
    " WHERE l.id >= $1 AND l.at >= $2 AND l.event = 'commit' AND r.private = 0";
constexpr std::string_view kDownloadsToday =
    "SELECT CAST(coalesce(SUM(d.count), 0) AS BIGINT) FROM repo_downloads d"
    " JOIN repos r ON r.id = d.repo_id WHERE d.day = $1 AND r.private = 0";
constexpr std::string_view kTags =
    "SELECT t.tag, COUNT(*) FROM repo_tags t JOIN repos r ON r.id = t.repo_id"
    " WHERE r.kind = $1 AND r.private = 0 GROUP BY t.tag ORDER BY COUNT(*) DESC, t.tag";

std::int64_t& count_of(HubStats& stats, std::string_view kind) {
    if (kind == "dataset") return stats.datasets;
    return kind == "space" ? stats.spaces : stats.models;
}

// By the names they have in the database.
constexpr auto kFields = std::to_array<std::pair<std::string_view, std::int64_t HubStats::*>>({
    {"models", &HubStats::models},
    {"datasets", &HubStats::datasets},
    {"spaces", &HubStats::spaces},
    {"bytes", &HubStats::bytes},
    {"stored_bytes", &HubStats::stored_bytes},
    {"pinned_bytes", &HubStats::pinned_bytes},
    {"dedup_saved", &HubStats::dedup_saved},
    {"commits_today", &HubStats::commits_today},
    {"downloads_today", &HubStats::downloads_today},
    {"counted_at", &HubStats::counted_at},
});

}  // namespace

void tag_invoke(json::value_from_tag, json::value& json, const HubStats& stats) {
    auto& object = json.emplace_object();
    for (const auto& [name, field] : kFields)
        object[name] = stats.*field;
}

HubStats tag_invoke(json::value_to_tag<HubStats>, const json::value& json) {
    HubStats stats;
    for (const auto& [name, field] : kFields)
        stats.*field = json.at(name).to_number<std::int64_t>();
    return stats;
}

void tag_invoke(json::value_from_tag, json::value& json, const TagCount& count) {
    json = {count.tag, count.repos};
}

TagCount tag_invoke(json::value_to_tag<TagCount>, const json::value& json) {
    const auto& pair = json.as_array();
    return {.tag = std::string(pair.at(0).as_string()),
            .repos = pair.at(1).to_number<std::int64_t>()};
}

Figures::Figures(db::Database& database, const Clock& clock, LongCountRules rules)
    : database_(database),
      clock_(clock),
      stats_(
          database, clock, "stats", [this] { return count(); }, rules),
      tags_{{{database, clock, "tags of models", tag_counter(RepoKind::model), rules},
             {database, clock, "tags of datasets", tag_counter(RepoKind::dataset), rules},
             {database, clock, "tags of spaces", tag_counter(RepoKind::space), rules}}} {}

LongCount<TagsByType>::Find Figures::tag_counter(RepoKind kind) {
    return [this, kind] { return count_tags(kind); };
}

Task<Result<std::shared_ptr<const HubStats>>> Figures::stats() {
    co_return CO_TRY(co_await stats_.get()).value;
}

Task<Result<std::shared_ptr<const TagsByType>>> Figures::tags(RepoKind kind) {
    co_return CO_TRY(co_await tags_[static_cast<std::size_t>(kind)].get()).value;
}

Task<Result<void>> Figures::renew() {
    CO_TRY(co_await stats_.renew());
    for (auto& tags : tags_) {
        if (stopped_) break;
        CO_TRY(co_await tags.renew());
    }
    co_return Result<void>{};
}

Task<Result<HubStats>> Figures::count() {
    HubStats stats;
    stats.counted_at = clock_.now();
    CO_TRY(co_await count_repos(stats));
    CO_TRY(co_await count_bytes(stats));
    CO_TRY(co_await count_today(stats));
    co_return stats;
}

Task<Result<void>> Figures::count_repos(HubStats& stats) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT kind, COUNT(*) FROM repos WHERE private = 0 AND kind <> 'mirror' GROUP BY kind", {},
        db::Weight::scan));
    for (const auto& row : rows)
        count_of(stats, row.text(0)) = row.integer(1);
    co_return Result<void>{};
}

Task<Result<void>> Figures::count_bytes(HubStats& stats) {
    const auto bytes = CO_TRY(co_await database_.query(kBytes, {}, db::Weight::scan));
    const auto large = CO_TRY(co_await database_.query(kLargeBytes, {}, db::Weight::scan));
    std::int64_t unpacked = 0;
    CO_TRY(co_await for_hash_parts(database_, kXorbs, stopped_, [&](const db::Row& part) {
        stats.stored_bytes += part.integer(0);
        unpacked += part.integer(1);
        stats.pinned_bytes += part.integer(2);
    }));
    stats.bytes = bytes[0].integer(0);
    // Never below zero, although xorbs may hold more than what their files still use.
    stats.dedup_saved = std::max<std::int64_t>(0, large[0].integer(0) - unpacked);
    co_return Result<void>{};
}

Task<Result<void>> Figures::count_today(HubStats& stats) {
    const auto day = stats.counted_at / kDay;
    // Ids sort by age: only today's part of the log is looked at.
    const auto commits = CO_TRY(co_await database_.query(
        kCommitsToday, {new_row_id(day * kDay - 1), day * kDay}, db::Weight::scan));
    const auto downloads =
        CO_TRY(co_await database_.query(kDownloadsToday, {day}, db::Weight::scan));
    stats.commits_today = commits[0].integer(0);
    stats.downloads_today = downloads[0].integer(0);
    co_return Result<void>{};
}

Task<Result<TagsByType>> Figures::count_tags(RepoKind kind) {
    const auto rows = CO_TRY(co_await database_.query(kTags, {to_string(kind)}, db::Weight::scan));
    TagsByType tags;
    for (const auto* type : {"pipeline_tag", "library", "license", "language", "dataset", "other"})
        tags[type];
    for (const auto& row : rows) {
        auto& list = tags[std::string(tag_type(row.text(0)))];
        if (list.size() < kMostTags) list.push_back({row.text(0), row.integer(1)});
    }
    co_return tags;
}

}  // namespace siahub::hub
