#pragma once
// API keys: "hf_" and 34 alphanumerics, kept only as SHA-256, so that a stolen database opens
// nothing; the plain text leaves this class once. Any thread. Errors: invalid_argument, not_found,
// conflict (the imported key belongs to somebody else).

#include "core/clock.hpp"
#include "crypto/digest.hpp"
#include "db/database.hpp"
#include "hub/caller.hpp"

namespace siahub::hub {

struct ApiKey {
    RowId id = 0;
    RowId user_id = 0;
    std::string label;
    std::string prefix;  // the first characters, to recognise the key in a list
    KeyScope scope = KeyScope::read;
    UnixMillis created_at = 0;
    std::optional<UnixMillis> expires_at, last_used_at;
};

struct NewKey {
    RowId user_id = 0;
    KeyScope scope = KeyScope::write;
    std::string label;
    std::optional<UnixMillis> expires_at;
};

struct IssuedKey {
    ApiKey key;
    std::string text;  // shown once
};

class Keys {
  public:
    Keys(db::Database& database, const Clock& clock) : db_(database), clock_(clock) {}

    Task<Result<IssuedKey>> create(NewKey key);
    // Takes a key made elsewhere: 8 to 256 visible ASCII characters. Importing the same key for the
    // same user again sets its scope, label and expiry.
    Task<Result<ApiKey>> import(NewKey key, std::string text);
    Task<Result<std::vector<ApiKey>>> list(RowId user_id);
    // A running hub stops taking the key within Authenticator::kMaxStaleness. Returns its hash, for
    // Authenticator::forget().
    Task<Result<Sha256>> revoke(RowId user_id, RowId key_id);

    static Sha256 hash(std::string_view text);

  private:
    Task<Result<ApiKey>> store(NewKey key, std::string text);

    db::Database& db_;
    const Clock& clock_;
};

// What a list shows a key as. Errors: invalid_argument.
Result<void> check_key_label(std::string_view label);

}  // namespace siahub::hub
