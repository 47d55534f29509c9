#pragma once
// What happened on the hub, from usage_log: transfers and commits, which hub/traffic writes, and
// what concerns accounts, written here. Whoever changes something writes its event in the same
// transaction. `EventKind` of api/openapi.yaml says which there are and what they say. No password,
// key or token is ever part of one. Any thread.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "db/database.hpp"

namespace siahub::hub {

namespace event {
inline constexpr std::string_view kCreate = "create", kDelete = "delete",
                                  kRepoRenamed = "repo_renamed",
                                  kRepoVisibility = "repo_visibility_changed";
inline constexpr std::string_view kSignIn = "sign_in", kSignInFailed = "sign_in_failed",
                                  kSignOut = "sign_out", kSessionRevoked = "session_revoked",
                                  kSessionsRevoked = "sessions_revoked";
inline constexpr std::string_view kPasswordChanged = "password_changed",
                                  kPasswordReset = "password_reset",
                                  kResetLinkMade = "reset_link_made",
                                  kIdentityLinked = "identity_linked",
                                  kIdentityUnlinked = "identity_unlinked";
inline constexpr std::string_view kKeyCreated = "key_created", kKeyRevoked = "key_revoked";
inline constexpr std::string_view kUserCreated = "user_created",
                                  kUserRoleChanged = "user_role_changed",
                                  kUserDisabled = "user_disabled", kUserEnabled = "user_enabled",
                                  kUserDeleted = "user_deleted",
                                  kInvitationMade = "invitation_made",
                                  kInvitationUsed = "invitation_used",
                                  kInvitationWithdrawn = "invitation_withdrawn",
                                  kOrgCreated = "org_created", kOrgDeleted = "org_deleted",
                                  kMemberChanged = "member_changed",
                                  kMemberRemoved = "member_removed";
}  // namespace event

struct Event {
    RowId id = 0;
    UnixMillis at = 0;
    std::string what;
    std::string user, repo;  // empty: none, or gone; a repository as "models/ns/name"
    std::int64_t bytes = 0;
    std::string about, detail;
};

struct NewEvent {
    std::string_view what;
    RowId user = 0;  // who did it; 0: nobody who is signed in, or the command line
    std::string about{}, detail{};
    RowId repo = 0, key = 0;
};

// A statement that changes rows and returns them.
struct Change {
    std::string_view sql;
    db::Params params;
};

// Fills in what only the changed rows tell.
using Describe = void (*)(const db::Rows& changed, NewEvent& event);

// Newest first, those with a smaller id than `before`.
Task<Result<std::vector<Event>>> read_events(db::Database& database, RowId before,
                                             std::int64_t limit);

Task<Result<void>> write_event(db::Transaction& tx, UnixMillis now, NewEvent event);
// Of what changed nothing.
Task<Result<void>> write_event(db::Database& database, UnixMillis now, NewEvent event);
// Makes the change and, where it returned rows, writes the event: both or neither.
Task<Result<db::Rows>> change_and_write(db::Database& database, UnixMillis now, Change change,
                                        NewEvent event, Describe describe = nullptr);

// What somebody typed as his name, fit for a log: no control characters, at most 64 bytes.
std::string shown_name(std::string_view typed);

inline constexpr UnixMillis kDayOfEvents = 24LL * 3600 * 1000;
inline constexpr UnixMillis kEventLife = 400 * kDayOfEvents;  // usage is shown for 366 days
inline constexpr UnixMillis kFailureLife = 30 * kDayOfEvents;

// Some hundred thousand lines at most, so that the first time does not hold others up; the rest
// goes the next time.
Task<Result<void>> remove_old_events(db::Database& database, UnixMillis now);

}  // namespace siahub::hub
