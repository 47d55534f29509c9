#include "hub/usage.hpp"

#include "hub/usage_days.hpp"

#include <algorithm>
#include <map>

namespace siahub::hub {
namespace {

constexpr UnixMillis kDay = 24LL * 60 * 60 * 1000;

std::string date_of(std::int64_t day) {
    return to_iso8601(day * kDay).substr(0, 10);
}

std::string_view column_of(UsageBy by) {
    switch (by) {
        case UsageBy::day:
            return "l.at / 86400000";
        case UsageBy::key:
            return "coalesce(l.key_id, 0)";
        case UsageBy::repo:
            return "coalesce(l.repo_id, 0)";
        case UsageBy::user:
            return "coalesce(l.user_id, 0)";
    }
    return "l.at / 86400000";
}

std::string_view part_of(UsageBy by) {
    switch (by) {
        case UsageBy::day:
            return "day";
        case UsageBy::key:
            return "key";
        case UsageBy::repo:
            return "repo";
        case UsageBy::user:
            return "user";
    }
    return "day";
}

// What the sums have and the lines that are not in them yet: in one statement, so that none is seen
// twice or never while they are added.
// Expressions keep the planners from the indexes of users and repositories: the new lines are few.
std::string statement(std::string_view sums, std::string_view column, std::string_view lines) {
    return "SELECT s.id, s.event, CAST(SUM(s.lines) AS BIGINT), CAST(SUM(s.bytes) AS BIGINT),"
           " CAST(SUM(s.count) AS BIGINT), CAST(SUM(s.saved) AS BIGINT) FROM (SELECT " +
           std::string(sums) + " UNION ALL SELECT " + std::string(column) +
           ", l.event, 1, l.bytes, l.count, l.saved FROM usage_log l WHERE l.summed = 0 AND " +
           std::string(lines) + ") s GROUP BY s.id, s.event";
}

constexpr std::string_view kSumsOfScope =
    "d.id, d.event, d.lines, d.bytes, d.count, d.saved FROM usage_days d"
    " WHERE d.part = $1 AND d.scope = $2 AND d.day >= $3";
constexpr std::string_view kSumsOfRepo =
    "d.day AS id, d.event, d.lines, d.bytes, d.count, d.saved FROM usage_days d"
    " WHERE d.part = 'repo' AND d.scope = -1 AND d.id = $1 AND d.day >= $2";

void add_event(UsageRow& row, std::string_view event, const db::Row& line) {
    const auto lines = line.integer(2);
    const auto bytes = line.integer(3);
    const auto count = line.integer(4);
    if (event == "download") {
        row.downloads += count;
        row.bytes_out += bytes;
    } else if (event == "upload") {
        row.uploads += count;
        row.bytes_in += bytes;
        row.dedup_saved += line.integer(5);
    } else if (event == "commit") {
        row.commits += lines;
    } else if (event == "cache_hit") {
        row.cache_hits += count;
    } else if (event == "cache_miss") {
        row.cache_misses += count;
    }
}

void add_row(UsageRow& into, const UsageRow& row) {
    into.uploads += row.uploads;
    into.downloads += row.downloads;
    into.commits += row.commits;
    into.bytes_in += row.bytes_in;
    into.bytes_out += row.bytes_out;
    into.dedup_saved += row.dedup_saved;
    into.cache_hits += row.cache_hits;
    into.cache_misses += row.cache_misses;
}

std::int64_t weight(const UsageRow& row) {
    return row.bytes_in + row.bytes_out;
}

bool is_nothing(const UsageRow& row) {
    return weight(row) == 0 && row.uploads == 0 && row.downloads == 0 && row.commits == 0;
}

}  // namespace

struct Usage::Group {
    std::int64_t id = 0;  // of a day, a key, a repository or a user; 0: none
    UsageRow row;
};

namespace {

template <class Group>
std::vector<Group> grouped(const db::Rows& rows) {
    std::map<std::int64_t, UsageRow> by_id;
    for (const auto& line : rows)
        add_event(by_id[line.integer(0)], line.text(1), line);
    std::vector<Group> groups;
    groups.reserve(by_id.size());
    for (auto& [id, row] : by_id)
        groups.push_back({id, std::move(row)});
    return groups;
}

template <class Group>
std::vector<Group> as_one(std::vector<Group> groups, std::int64_t id) {
    if (groups.empty()) return groups;
    for (std::size_t i = 1; i < groups.size(); ++i)
        add_row(groups[0].row, groups[i].row);
    groups.resize(1);
    groups[0].id = id;
    return groups;
}

}  // namespace

std::optional<UsageBy> parse_usage_by(std::string_view word) {
    if (word == "day") return UsageBy::day;
    if (word == "key") return UsageBy::key;
    if (word == "repo") return UsageBy::repo;
    if (word == "user") return UsageBy::user;
    return std::nullopt;
}

std::int64_t Usage::first_day(std::int64_t days) const {
    return clock_.now() / kDay - days + 1;
}

Task<Result<std::vector<UsageRow>>> Usage::of_caller(const Caller& caller, UsageBy by,
                                                     std::int64_t days) {
    // The sums of one user are not kept by user: they are those of his days.
    const bool is_by_user = by == UsageBy::user;
    const auto sql = statement(kSumsOfScope, column_of(is_by_user ? UsageBy::day : by),
                               "l.user_id + 0 = $2 AND l.at >= $4");
    auto groups = grouped<Group>(
        CO_TRY(co_await database_.query(sql,
                                        {part_of(is_by_user ? UsageBy::day : by), caller.user_id,
                                         first_day(days), first_day(days) * kDay},
                                        db::Weight::scan)));
    if (is_by_user) groups = as_one(std::move(groups), caller.user_id);
    co_return co_await render(std::move(groups), caller, by, days);
}

Task<Result<std::vector<UsageRow>>> Usage::of_hub(const Caller& caller, UsageBy by,
                                                  std::int64_t days) {
    const auto sql = statement(kSumsOfScope, column_of(by), "l.at >= $4");
    const auto rows = CO_TRY(co_await database_.query(
        sql, {part_of(by), UsageDays::kEverybody, first_day(days), first_day(days) * kDay},
        db::Weight::scan));
    co_return co_await render(grouped<Group>(rows), caller, by, days);
}

Task<Result<std::vector<UsageRow>>> Usage::render(std::vector<Group> groups, const Caller& caller,
                                                  UsageBy by, std::int64_t days) {
    std::vector<UsageRow> rows;
    if (by == UsageBy::day) {
        for (auto day = first_day(days); day < first_day(days) + days; ++day) {
            auto& row = rows.emplace_back();
            const auto found = std::ranges::find(groups, day, &Group::id);
            if (found != groups.end()) row = found->row;
            row.label = date_of(day);
            row.id = row.label;
        }
    } else {
        std::erase_if(groups, [](const Group& group) { return is_nothing(group.row); });
        std::ranges::sort(groups, std::greater(), [](const Group& group) {
            return std::pair(weight(group.row), group.id);
        });
        if (groups.size() > kMostRows) groups.resize(kMostRows);
        for (auto& group : groups) {
            CO_TRY(co_await name(group, caller, by));
            const auto same = std::ranges::find_if(rows, [&](const UsageRow& row) {
                return !row.id && !group.row.id && row.label == group.row.label;
            });
            if (same == rows.end())
                rows.push_back(std::move(group.row));
            else
                add_row(*same, group.row);
        }
    }
    // A line may be below zero whose files were registered in the next one.
    for (auto& row : rows)
        row.dedup_saved = std::max<std::int64_t>(0, row.dedup_saved);
    co_return rows;
}

Task<Result<void>> Usage::name(Group& group, const Caller& caller, UsageBy by) {
    if (by == UsageBy::repo) co_return co_await name_repo(group, caller);
    if (by == UsageBy::key) co_return co_await name_key(group);
    co_return co_await name_user(group);
}

Task<Result<void>> Usage::name_repo(Group& group, const Caller& caller) {
    const auto rows =
        CO_TRY(co_await database_.query("SELECT kind, namespace, name, private, owner_id FROM repos"
                                        " WHERE id = $1 AND kind <> 'mirror'",
                                        {group.id}));
    const bool may_know =
        !rows.empty() && (!rows[0].boolean(3) || caller.role_in(rows[0].integer(4)).has_value());
    if (!may_know) {
        group.row.label = "other repositories";
        co_return Result<void>{};
    }
    group.row.label = rows[0].text(1) + "/" + rows[0].text(2);
    group.row.id = rows[0].text(0) + "s/" + group.row.label;
    co_return Result<void>{};
}

Task<Result<void>> Usage::name_key(Group& group) {
    if (group.id == 0) {
        group.row.label = "without a key";
        co_return Result<void>{};
    }
    const auto rows = CO_TRY(
        co_await database_.query("SELECT label, prefix FROM api_keys WHERE id = $1", {group.id}));
    if (rows.empty()) {
        group.row.label = "revoked keys";
        co_return Result<void>{};
    }
    group.row.id = std::to_string(group.id);
    group.row.label = rows[0].text(0).empty() ? rows[0].text(1) : rows[0].text(0);
    co_return Result<void>{};
}

Task<Result<void>> Usage::name_user(Group& group) {
    const auto rows =
        CO_TRY(co_await database_.query("SELECT name, kind FROM users WHERE id = $1", {group.id}));
    if (!rows.empty() && rows[0].text(1) == "deleted") {
        group.row.label = rows[0].text(0) + " (deleted)";
        co_return Result<void>{};
    }
    if (rows.empty()) {
        group.row.label = group.id == 0 ? "nobody known" : "deleted users";
        co_return Result<void>{};
    }
    group.row.id = group.row.label = rows[0].text(0);
    co_return Result<void>{};
}

Task<Result<std::vector<RepoDay>>> Usage::of_repo(RowId repo, std::int64_t days) {
    const auto begin = first_day(days);
    std::vector<RepoDay> all(static_cast<std::size_t>(days));
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].date = date_of(begin + static_cast<std::int64_t>(i));
    const auto at = [&](std::int64_t day) -> RepoDay* {
        const auto index = day - begin;
        return index >= 0 && index < days ? &all[static_cast<std::size_t>(index)] : nullptr;
    };
    const auto downloads = CO_TRY(co_await database_.query(
        "SELECT day, count FROM repo_downloads WHERE repo_id = $1 AND day >= $2", {repo, begin},
        db::Weight::scan));
    for (const auto& row : downloads)
        if (auto* day = at(row.integer(0))) day->downloads = row.integer(1);
    const auto sql =
        statement(kSumsOfRepo, column_of(UsageBy::day), "l.repo_id + 0 = $1 AND l.at >= $3");
    const auto rows =
        CO_TRY(co_await database_.query(sql, {repo, begin, begin * kDay}, db::Weight::scan));
    for (const auto& [id, row] : grouped<Group>(rows))
        if (auto* day = at(id)) {
            day->bytes_out = row.bytes_out;
            day->bytes_in = row.bytes_in;
        }
    co_return all;
}

}  // namespace siahub::hub
