#pragma once
// Turns a bearer key into a Caller. Answers are remembered for some seconds, so that a busy client
// costs one hash and one look-up in memory per request; keys that are wrong are not remembered, so
// that a key made by the command line works at once. Any thread.

#include "core/clock.hpp"
#include "crypto/digest.hpp"
#include "db/database.hpp"
#include "hub/caller.hpp"

#include <chrono>
#include <mutex>
#include <unordered_map>

namespace siahub::hub {

class Authenticator {
  public:
    // A revoked key, a changed role or scope takes effect within this time.
    static constexpr UnixMillis kMaxStaleness = 4000;
    // Remembered keys; beyond it the whole memory is dropped, which costs each key one query.
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
        UnixMillis until;
    };
    struct HashOfHash {
        std::size_t operator()(const Sha256& hash) const noexcept;
    };

    CallerPtr recall(const Sha256& hash, UnixMillis now);
    void remember(const Sha256& hash, CallerPtr caller, UnixMillis now, UnixMillis expires_at);
    Task<Result<CallerPtr>> load(const Sha256& hash, UnixMillis now);

    db::Database& db_;
    const Clock& clock_;
    const CallerPtr anonymous_;
    std::mutex mutex_;
    std::unordered_map<Sha256, Remembered, HashOfHash> remembered_;
    std::unordered_map<RowId, UnixMillis> last_used_;
};

}  // namespace siahub::hub
