#include "hub/usage_days.hpp"

#include "db/transact.hpp"

#include <array>
#include <map>
#include <tuple>

namespace siahub::hub {
namespace {

constexpr std::string_view kClaim =
    "UPDATE usage_log SET summed = 1 WHERE summed = 0 AND id IN"
    " (SELECT id FROM usage_log WHERE summed = 0 ORDER BY id LIMIT $1)"
    " RETURNING at / 86400000, event, coalesce(user_id, 0), coalesce(key_id, 0),"
    " coalesce(repo_id, 0), bytes, count, saved";

constexpr std::string_view kAdd =
    "INSERT INTO usage_days (part, scope, day, id, event, lines, bytes, count, saved)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    " ON CONFLICT (part, scope, day, id, event) DO UPDATE SET"
    " lines = usage_days.lines + excluded.lines, bytes = usage_days.bytes + excluded.bytes,"
    " count = usage_days.count + excluded.count, saved = usage_days.saved + excluded.saved";

// Of the others nobody wants sums.
constexpr std::array<std::string_view, 5> kSummed = {"upload", "download", "commit", "cache_hit",
                                                     "cache_miss"};

struct Place {
    std::string_view part;
    std::int64_t scope = 0, day = 0, id = 0;
    std::string event{};
    friend auto operator<=>(const Place&, const Place&) = default;
};
struct Sum {
    std::int64_t lines = 0, bytes = 0, count = 0, saved = 0;
};
using Sums = std::map<Place, Sum>;  // in the order of the table's key

void add(Sums& sums, Place place, const db::Row& line) {
    auto& sum = sums[std::move(place)];
    ++sum.lines;
    sum.bytes += line.integer(5);
    sum.count += line.integer(6);
    sum.saved += line.integer(7);
}

void add_line(Sums& sums, const db::Row& line) {
    const auto& event = line.text(1);
    if (std::ranges::find(kSummed, event) == kSummed.end()) return;
    const auto day = line.integer(0);
    const auto user = line.integer(2);
    for (const auto scope : {UsageDays::kEverybody, user}) {
        if (scope == 0) continue;
        add(sums, {"day", scope, day, day, event}, line);
        add(sums, {"key", scope, day, line.integer(3), event}, line);
        add(sums, {"repo", scope, day, line.integer(4), event}, line);
    }
    add(sums, {"user", UsageDays::kEverybody, day, user, event}, line);
}

Task<Result<std::int64_t>> claim_and_add(db::Transaction& transaction, std::int64_t most) {
    const auto lines = CO_TRY(co_await transaction.query(kClaim, {most}));
    Sums sums;
    for (const auto& line : lines)
        add_line(sums, line);
    std::vector<db::Params> batch;
    batch.reserve(sums.size());
    for (const auto& [place, sum] : sums)
        batch.push_back({place.part, place.scope, place.day, place.id,
                         std::string_view(place.event), sum.lines, sum.bytes, sum.count,
                         sum.saved});
    CO_TRY(co_await transaction.execute_many(kAdd, batch));
    CO_TRY(co_await transaction.commit());
    co_return std::ssize(lines);
}

}  // namespace

Task<Result<bool>> UsageDays::add_new(std::int64_t most) {
    // Most often there is nothing, and a look takes no turn to write.
    const auto any = CO_TRY(
        co_await database_.query("SELECT id FROM usage_log WHERE summed = 0 ORDER BY id LIMIT 1"));
    if (any.empty()) co_return false;
    co_return CO_TRY(co_await db::transact(database_, db::Isolation::read_committed, claim_and_add,
                                           most)) == most;
}

Task<Result<void>> UsageDays::remove_before(std::int64_t day) {
    CO_TRY(co_await database_.execute("DELETE FROM usage_days WHERE day < $1", {day}));
    co_return Result<void>{};
}

}  // namespace siahub::hub
