#pragma once
// Turns a bearer key, or the cookie of a session, into a Caller. Answers are remembered for some
// seconds, so that a busy client costs one hash and one look-up in memory per request, and may be
// shared with the hub's other processes; keys that are wrong are not remembered, so that a key made
// by the command line works at once. Any thread.

#include "core/clock.hpp"
#include "crypto/digest.hpp"
#include "db/database.hpp"
#include "hub/caller.hpp"
#include "hub/session_share.hpp"
#include "kv/ttl_cache.hpp"

#include <mutex>
#include <unordered_map>

namespace siahub::hub {

// How long somebody stays signed in: without using the hub, and at all.
struct SessionLife {
    std::chrono::seconds idle{std::chrono::days(14)};
    std::chrono::seconds most{std::chrono::days(90)};
};

class Authenticator {
  public:
    // A revoked key or session, a changed role or scope takes effect within this time, counted from
    // when the database was asked, by whichever process that was.
    static constexpr UnixMillis kMaxStaleness = 4000;
    static constexpr std::size_t kMaxRemembered = 16384;

    // `share` may be null: one process needs none.
    Authenticator(db::Database& database, const Clock& clock, SessionShare* share = nullptr,
                  SessionLife life = {});

    // Never null. `key` is the text after "Bearer " (or the password of Basic); empty: anonymous.
    // Errors: invalid_credentials.
    Task<Result<CallerPtr>> authenticate(std::string_view key);

    // The same for the text of a session's cookie (hub/sessions.hpp).
    Task<Result<CallerPtr>> authenticate_session(std::string_view cookie);
    [[nodiscard]] const CallerPtr& anonymous() const { return anonymous_; }

    // Forgets what a key or a session stands for, here at once and in processes that have not used
    // it lately; the others follow within kMaxStaleness. For whoever revokes a key or changes what
    // it may do.
    Task<void> forget(const Sha256& key_hash);
    Task<void> forget_all(std::vector<Sha256> hashes);
    // All that this user's keys and sessions stand for: his rights have changed.
    Task<Result<void>> forget_user(RowId user_id);

    // Writes when each key, session and user was last used. Call it about once a minute from a
    // background task: the requests themselves write nothing. After an error the notes are kept for
    // the next call.
    Task<Result<void>> flush_last_used();
    [[nodiscard]] CacheStats cache_stats() const { return remembered_.stats(); }

  private:
    struct HashOfHash {
        std::size_t operator()(const Sha256& hash) const noexcept;
    };

    using Query = Task<Result<Session>> (Authenticator::*)(const Sha256& hash);
    struct Uses {
        std::unordered_map<RowId, UnixMillis> keys, sessions, users;
    };

    Task<Result<CallerPtr>> find(Sha256 hash, Query query);
    Task<std::optional<CallerPtr>> load_shared(const Sha256& hash);
    Task<Result<CallerPtr>> load(const Sha256& hash, Query query);
    Task<Result<Session>> query_key(const Sha256& hash);
    Task<Result<Session>> query_session(const Sha256& hash);
    Task<Result<std::vector<Membership>>> memberships_of(RowId user_id);
    void note_use(const Caller& caller);

    db::Database& db_;
    const Clock& clock_;
    SessionShare* const share_;
    const SessionLife life_;
    const CallerPtr anonymous_;
    kv::TtlCache<Sha256, Session, HashOfHash> remembered_;
    std::mutex mutex_;
    Uses uses_;
};

}  // namespace siahub::hub
