#pragma once
// What happened on the hub, from usage_log: transfers and commits, which hub/traffic writes, and
// what concerns accounts, written here. Any thread.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "db/database.hpp"

namespace siahub::hub {

struct Event {
    RowId id = 0;
    UnixMillis at = 0;
    std::string what;
    std::string user, repo;  // empty: none, or gone; a repository as "models/ns/name"
    std::int64_t bytes = 0;
    std::string detail;
};

// Newest first, those with a smaller id than `before`.
Task<Result<std::vector<Event>>> read_events(db::Database& database, RowId before,
                                             std::int64_t limit);

// Of an account: sign_in, password, key_created, key_revoked, …
Task<Result<void>> write_event(db::Database& database, UnixMillis now, std::string_view what,
                               RowId user_id, std::string detail);

}  // namespace siahub::hub
