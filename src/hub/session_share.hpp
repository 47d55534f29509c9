#pragma once
// What keys resolve to, shared among the processes of a hub, so that a busy key is looked up once
// and a revoked one is forgotten everywhere. The cache names keys by their SHA-256; an entry is
// sealed with a secret of the hub, so that whoever can write to the cache is nobody by that. An
// entry that is missing, broken or sealed by others is a miss. Any thread.

#include "auth/live_key_ring.hpp"
#include "core/clock.hpp"
#include "crypto/digest.hpp"
#include "hub/caller.hpp"
#include "kv/cache.hpp"

namespace siahub::hub {

struct Session {
    CallerPtr caller;
    UnixMillis expires_at = 0;  // of the key
};

class SessionShare {
  public:
    struct Found {
        Session session;
        std::chrono::milliseconds ttl;  // for how long it may still be believed
    };

    SessionShare(kv::Cache& cache, auth::LiveKeyRing keys);

    Task<std::optional<Found>> find(const Sha256& key_hash);
    Task<void> put(const Sha256& key_hash, const Session& session, std::chrono::milliseconds ttl);
    Task<void> erase(const Sha256& key_hash);

  private:
    [[nodiscard]] std::string sealed(const Sha256& key_hash, std::string_view text) const;
    // The text, or "" when no key of ours sealed it for this entry.
    [[nodiscard]] std::string_view opened(const Sha256& key_hash, std::string_view sealed) const;

    kv::Cache& cache_;
    auth::LiveKeyRing keys_;
};

}  // namespace siahub::hub
