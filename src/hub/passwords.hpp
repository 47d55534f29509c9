#pragma once
// Passwords of local accounts: checking, changing, and the links by which somebody sets one without
// knowing another. Who may ask for what is the caller's to decide. Any thread.
// Errors: invalid_credentials, invalid_argument (a password that will not do), not_found (a link
// that is wrong, used or too old), unavailable.

#include "core/clock.hpp"
#include "hub/accounts.hpp"
#include "hub/password_hasher.hpp"
#include "hub/sessions.hpp"

namespace siahub::hub {

struct IssuedLink {
    std::string token;
    UnixMillis expires_at = 0;
};

inline constexpr std::size_t kMinPassword = 10;

// Whether it will do for this account: length, UTF-8, not the name or address itself.
Result<void> check_new_password(std::string_view password, std::string_view name,
                                std::string_view email);

// Writes it, within a transaction of whoever makes the account.
Task<Result<void>> write_password(db::Transaction& tx, RowId user_id, std::string_view hash,
                                  UnixMillis now);

// SHA-256 of the token of a link, as tables have it.
Sha256 link_hash(std::string_view token);
std::string new_link_token();

class Passwords {
  public:
    static constexpr UnixMillis kResetLife = 24LL * 3600 * 1000;

    Passwords(db::Database& database, const Clock& clock, PasswordHasher& hasher,
              Sessions& sessions)
        : db_(database), clock_(clock), hasher_(hasher), sessions_(sessions) {}

    // The account whose name or address and password these are. One error for everything that is
    // wrong, after one and the same work.
    Task<Result<Account>> check(std::string name_or_email, std::string password);
    Task<Result<bool>> exists(RowId user_id);
    // `current` may be empty for who has no password. All sessions but `kept` end.
    Task<Result<void>> change(const Account& account, std::string current, std::string wanted,
                              RowId kept);

    // `by`: the administrator who does it.
    Task<Result<IssuedLink>> make_reset_link(RowId user_id, std::string name, RowId by);
    // Uses the link up. All sessions of the user end; returns him.
    Task<Result<RowId>> reset(std::string token, std::string wanted);
    Task<Result<void>> remove_expired_links();

  private:
    Task<Result<std::optional<std::string>>> hash_of(RowId user_id);
    Task<Result<void>> store(db::Transaction& tx, RowId user_id, const std::string& hash,
                             std::string_view what);
    Task<Result<void>> use_link(db::Transaction& tx, const Sha256& link, RowId user_id,
                                const std::string& hash);

    db::Database& db_;
    const Clock& clock_;
    PasswordHasher& hasher_;
    Sessions& sessions_;
};

// What a reset needs besides: the command line makes links without hashing anything.
Task<Result<IssuedLink>> insert_reset_link(db::Database& database, RowId user_id, std::string name,
                                           UnixMillis now, RowId by = 0);

}  // namespace siahub::hub
