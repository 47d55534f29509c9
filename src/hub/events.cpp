#include "hub/events.hpp"

#include "core/encoding.hpp"
#include "db/transact.hpp"

#include <algorithm>

namespace siahub::hub {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO usage_log (id, at, event, user_id, repo_id, bytes, key_id, about, detail)"
    " VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8)";
constexpr std::string_view kRemoveOld =
    "DELETE FROM usage_log WHERE id IN"
    " (SELECT id FROM usage_log WHERE id < $1 ORDER BY id LIMIT $2) RETURNING id";
constexpr std::string_view kRemoveOldFailures =
    "DELETE FROM usage_log WHERE id IN (SELECT id FROM usage_log"
    " WHERE event = 'sign_in_failed' AND id < $1 ORDER BY id LIMIT $2) RETURNING id";
constexpr std::int64_t kBatch = 2000;
constexpr int kMostBatches = 100;
constexpr std::size_t kMostOfName = 64;

db::Param or_null(RowId id) {
    if (id == 0) return nullptr;
    return id;
}

db::Param or_null(std::string_view text) {
    if (text.empty()) return nullptr;
    return text;
}

db::Params values(const NewEvent& event, UnixMillis now) {
    return {new_row_id(now),      now,
            event.what,           or_null(event.user),
            or_null(event.repo),  or_null(event.key),
            or_null(event.about), or_null(event.detail)};
}

Task<Result<db::Rows>> change_then_write(db::Transaction& tx, UnixMillis now, const Change& change,
                                         const NewEvent& event, Describe describe) {
    auto changed = CO_TRY(co_await tx.query(change.sql, change.params));
    if (changed.empty()) co_return changed;
    auto described = event;
    if (describe != nullptr) describe(changed, described);
    CO_TRY(co_await write_event(tx, now, std::move(described)));
    CO_TRY(co_await tx.commit());
    co_return changed;
}

Task<Result<void>> remove_in_batches(db::Database& database, std::string_view sql, RowId before) {
    for (int i = 0; i < kMostBatches; ++i) {
        const auto gone = CO_TRY(co_await database.execute(sql, {before, kBatch}));
        if (static_cast<std::int64_t>(gone.size()) < kBatch) break;
    }
    co_return Result<void>{};
}

}  // namespace

Task<Result<std::vector<Event>>> read_events(db::Database& database, RowId before,
                                             std::int64_t limit) {
    const auto rows = CO_TRY(co_await database.query(
        "SELECT l.id, l.at, l.event, coalesce(u.name, ''), coalesce(r.kind, ''),"
        " coalesce(r.namespace, ''), coalesce(r.name, ''), l.bytes, coalesce(l.about, ''),"
        " coalesce(l.detail, '') FROM usage_log l LEFT JOIN users u ON u.id = l.user_id"
        " LEFT JOIN repos r ON r.id = l.repo_id WHERE l.id < $1 ORDER BY l.id DESC LIMIT $2",
        {before, limit}, db::Weight::scan));
    std::vector<Event> events;
    events.reserve(rows.size());
    for (const auto& row : rows) {
        Event event{.id = row.integer(0),
                    .at = row.integer(1),
                    .what = row.text(2),
                    .user = row.text(3),
                    .repo = "",
                    .bytes = row.integer(7),
                    .about = row.text(8),
                    .detail = row.text(9)};
        if (!row.text(5).empty()) event.repo = row.text(4) + "s/" + row.text(5) + "/" + row.text(6);
        events.push_back(std::move(event));
    }
    co_return events;
}

Task<Result<void>> write_event(db::Transaction& tx, UnixMillis now, NewEvent event) {
    CO_TRY(co_await tx.query(kInsert, values(event, now)));
    co_return Result<void>{};
}

Task<Result<void>> write_event(db::Database& database, UnixMillis now, NewEvent event) {
    CO_TRY(co_await database.execute(kInsert, values(event, now)));
    co_return Result<void>{};
}

Task<Result<db::Rows>> change_and_write(db::Database& database, UnixMillis now, Change change,
                                        NewEvent event, Describe describe) {
    co_return co_await db::transact(database, db::Isolation::read_committed, change_then_write, now,
                                    change, event, describe);
}

std::string shown_name(std::string_view typed) {
    auto end = std::min(typed.size(), kMostOfName);
    // Not in the middle of a character.
    while (end < typed.size() && end > 0 &&
           (static_cast<unsigned char>(typed[end]) & 0xC0U) == 0x80U)
        --end;
    std::string shown(typed.substr(0, end));
    const bool text = is_valid_utf8(shown);
    std::ranges::replace_if(
        shown,
        [text](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte < 0x20 || byte == 0x7F || (!text && byte > 0x7F);
        },
        '?');
    return shown;
}

Task<Result<void>> remove_old_events(db::Database& database, UnixMillis now) {
    CO_TRY(
        co_await remove_in_batches(database, kRemoveOldFailures, new_row_id(now - kFailureLife)));
    co_return co_await remove_in_batches(database, kRemoveOld, new_row_id(now - kEventLife));
}

}  // namespace siahub::hub
