#pragma once
// Turns a bearer key into a Caller. Answers are remembered for some seconds, so that a busy client
// costs one hash and one look-up in memory per request; keys that are wrong are not remembered, so
// that a key made by the command line works at once. Any thread.

#include "core/clock.hpp"
#include "crypto/digest.hpp"
#include "db/database.hpp"
#include "hub/caller.hpp"
#include "kv/ttl_cache.hpp"

#include <mutex>
#include <unordered_map>

namespace siahub::hub {

class Authenticator {
  public:
    // A revoked key, a changed role or scope takes effect within this time.
    static constexpr UnixMillis kMaxStaleness = 4000;
    static constexpr std::size_t kMaxRemembered = 16384;

    Authenticator(db::Database& database, const Clock& clock);

    // Never null. `key` is the text after "Bearer " (or the password of Basic); empty: anonymous.
    // Errors: invalid_credentials.
    Task<Result<CallerPtr>> authenticate(std::string_view key);

    // Writes when each key was last used. Call it about once a minute from a background task: the
    // requests themselves write nothing.
    Task<Result<void>> flush_last_used();

  private:
    struct Remembered {
        CallerPtr caller;
        UnixMillis expires_at;  // of the key
    };
    struct HashOfHash {
        std::size_t operator()(const Sha256& hash) const noexcept;
    };

    Task<Result<CallerPtr>> load(const Sha256& hash);
    Task<Result<std::vector<Membership>>> memberships_of(RowId user_id);
    void note_use(RowId key_id);

    db::Database& db_;
    const Clock& clock_;
    const CallerPtr anonymous_;
    kv::TtlCache<Sha256, Remembered, HashOfHash> remembered_;
    std::mutex mutex_;
    std::unordered_map<RowId, UnixMillis> last_used_;
};

}  // namespace siahub::hub
