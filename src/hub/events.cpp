#include "hub/events.hpp"

namespace siahub::hub {

Task<Result<std::vector<Event>>> read_events(db::Database& database, RowId before,
                                             std::int64_t limit) {
    const auto rows = CO_TRY(co_await database.query(
        "SELECT l.id, l.at, l.event, coalesce(u.name, ''), coalesce(r.kind, ''),"
        " coalesce(r.namespace, ''), coalesce(r.name, ''), l.bytes, coalesce(l.detail, '')"
        " FROM usage_log l LEFT JOIN users u ON u.id = l.user_id"
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
                    .detail = row.text(8)};
        if (!row.text(5).empty()) event.repo = row.text(4) + "s/" + row.text(5) + "/" + row.text(6);
        events.push_back(std::move(event));
    }
    co_return events;
}

Task<Result<void>> write_event(db::Database& database, UnixMillis now, std::string_view what,
                               RowId user_id, std::string detail) {
    CO_TRY(
        co_await database.execute("INSERT INTO usage_log (id, at, event, user_id, bytes, detail)"
                                  " VALUES ($1, $2, $3, $4, 0, $5)",
                                  {new_row_id(now), now, what, user_id, detail}));
    co_return Result<void>{};
}

}  // namespace siahub::hub
