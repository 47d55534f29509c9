#pragma once
// Links by which somebody makes himself an account, and with it becomes a member of an organisation
// where the invitation says so. Used once. Any thread. Errors: not_found (wrong, used, too old),
// invalid_argument.

#include "crypto/digest.hpp"
#include "hub/accounts.hpp"

namespace siahub::hub {

struct Invitation {
    RowId id = 0;
    std::string email;  // empty: anybody's
    std::string org;    // empty: none
    OrgRole role = OrgRole::read;
    std::string invited_by;
    UnixMillis created_at = 0, expires_at = 0;
};

struct NewInvitation {
    std::string email, org;
    OrgRole role = OrgRole::read;
    RowId invited_by = 0;
    UnixMillis expires_at = 0;
};

struct IssuedInvitation {
    Invitation invitation;
    std::string token;
};

class Invitations {
  public:
    Invitations(db::Database& database, const Clock& clock, Accounts& accounts)
        : db_(database), clock_(clock), accounts_(accounts) {}

    Task<Result<IssuedInvitation>> create(NewInvitation wanted);
    Task<Result<std::vector<Invitation>>> list();
    Task<Result<void>> withdraw(RowId id, RowId by);
    Task<Result<Invitation>> find(std::string token);
    // Uses it up for this user, within the transaction that makes him.
    Task<Result<void>> take(db::Transaction& tx, std::string_view token, const Account& user);
    Task<Result<void>> remove_expired();

  private:
    Task<Result<void>> erase(db::Transaction& tx, RowId id, RowId by);

    db::Database& db_;
    const Clock& clock_;
    Accounts& accounts_;
};

}  // namespace siahub::hub
