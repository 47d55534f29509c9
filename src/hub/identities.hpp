#pragma once
// Accounts of other providers that stand for users of this hub, and what is remembered of somebody
// who is at a provider right now. A provider names a person by a subject that it never gives to
// another; addresses and names are no proof of being the same person. Any thread.
// Errors: conflict (the identity or the place for it is taken, or it is the only way in),
// not_found.

#include "crypto/digest.hpp"
#include "hub/accounts.hpp"

namespace siahub::hub {

struct OutsideIdentity {
    std::string provider, subject, email;
    UnixMillis created_at = 0;
};

struct KnownPerson {
    Account account;
    bool disabled = false;
};

class Identities {
  public:
    Identities(db::Database& database, const Clock& clock) : db_(database), clock_(clock) {}

    Task<Result<std::optional<KnownPerson>>> find(std::string provider, std::string subject);
    Task<Result<std::vector<OutsideIdentity>>> list(RowId user_id);
    // Linking what is linked already to the same user is no error.
    Task<Result<void>> link(RowId user_id, OutsideIdentity identity);
    Task<Result<void>> unlink(RowId user_id, std::string provider);
    // Whether somebody has this address, which then is no reason to be taken for him.
    Task<Result<bool>> email_taken(std::string email);
    // The wanted name, or that with a number, which nobody has.
    Task<Result<std::string>> free_name(std::string wanted);

  private:
    Task<Result<void>> delete_identity(db::Transaction& tx, RowId user_id,
                                       const std::string& provider);
    db::Database& db_;
    const Clock& clock_;
};

struct OauthState {
    std::string provider;
    Sha256 browser{};  // of its cookie
    std::string verifier, nonce, next, invitation;
    RowId link_user = 0;  // who links an identity to his account; 0: signs in
};

class OauthStates {
  public:
    static constexpr UnixMillis kLife = 10LL * 60 * 1000;

    OauthStates(db::Database& database, const Clock& clock) : db_(database), clock_(clock) {}

    // The text of `state`, which comes back once.
    Task<Result<std::string>> create(OauthState state);
    // Errors: not_found (used, too old, of another browser or provider).
    Task<Result<OauthState>> take(std::string text, std::string provider, Sha256 browser);
    Task<Result<void>> remove_expired();

  private:
    db::Database& db_;
    const Clock& clock_;
};

}  // namespace siahub::hub
