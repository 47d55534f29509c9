#pragma once
// Where somebody is signed in with a browser. A session is known by the text of its cookie, of
// which only the SHA-256 is kept, and is changed to a new text once a day; the old one is good for
// a moment longer, because requests were on their way. Any thread. Errors: not_found.
//
// What is ended here is forgotten by this process at once and by the others within
// Authenticator::kMaxStaleness.

#include "hub/authenticator.hpp"

namespace siahub::hub {

struct SessionEntry {
    RowId id = 0;
    UnixMillis created_at = 0, last_used_at = 0, expires_at = 0;
    std::string address, user_agent;
};

struct NewSession {
    RowId user_id = 0;
    std::string address, user_agent;
    std::string provider{};  // who says that it is him; empty: he knew his password
    RowId replaced = 0;      // the session that this browser had, which ends; 0: none
};

struct IssuedSession {
    RowId id = 0;
    std::string cookie{};
    UnixMillis expires_at = 0;
};

class Sessions {
  public:
    static constexpr UnixMillis kRotationGrace = 60'000;
    static constexpr UnixMillis kRotateAfter = 24LL * 3600 * 1000;

    Sessions(db::Database& database, const Clock& clock, Authenticator& authenticator,
             SessionLife life = {})
        : db_(database), clock_(clock), authenticator_(authenticator), life_(life) {}

    Task<Result<IssuedSession>> create(NewSession session);
    // Newest use first; without those that have expired.
    Task<Result<std::vector<SessionEntry>>> list(RowId user_id);
    // A new cookie for a session whose cookie is a day old, or in any case; nullopt: it keeps it.
    Task<Result<std::optional<IssuedSession>>> rotate(RowId id, bool always = false);
    Task<Result<void>> sign_out(RowId user_id, RowId id);
    // The same from elsewhere.
    Task<Result<void>> revoke(RowId user_id, RowId id);
    Task<Result<void>> revoke_others(RowId user_id, RowId kept);
    // All of the user's but `kept`; 0: all. Part of something that has an event of its own.
    Task<Result<void>> end_others(RowId user_id, RowId kept);
    Task<Result<void>> remove_expired();

    static Sha256 hash(std::string_view cookie);

  private:
    [[nodiscard]] UnixMillis idle_since() const;
    Task<Result<db::Rows>> insert(db::Transaction& tx, const NewSession& session,
                                  const IssuedSession& issued);
    Task<Result<void>> end(RowId user_id, RowId id, std::string_view what);
    Task<Result<void>> forget_ended(db::Rows rows);

    db::Database& db_;
    const Clock& clock_;
    Authenticator& authenticator_;
    const SessionLife life_;
};

}  // namespace siahub::hub
