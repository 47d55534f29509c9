#pragma once
// How accounts come to be without the operator's command line: the first administrator by the link
// that the hub prints, others by an invitation or, where the hub allows it, by themselves. Any
// thread. Errors: invalid_argument (name, address, password), conflict (the name or address is
// taken, or there is an administrator already), not_found (the link is wrong, used or too old),
// forbidden (registration is closed), unavailable.

#include "hub/invitations.hpp"
#include "hub/passwords.hpp"

namespace siahub::hub {

// Anything besides name and password may be empty.
struct SignUp {
    NewAccount account;
    std::string password;
    std::string invitation;  // a token
};

class SignUps {
  public:
    static constexpr UnixMillis kSetupLife = 7LL * 24 * 3600 * 1000;

    SignUps(db::Database& database, const Clock& clock, PasswordHasher& hasher,
            Invitations& invitations, bool open)
        : db_(database), clock_(clock), hasher_(hasher), invitations_(invitations), open_(open) {}

    [[nodiscard]] bool open() const { return open_; }
    // Nobody could administer the hub through the console.
    Task<Result<bool>> setup_needed();
    // Each is good until there is an administrator.
    Task<Result<IssuedLink>> make_setup_link();

    Task<Result<Account>> set_up(std::string token, SignUp wanted);
    Task<Result<Account>> sign_up(SignUp wanted);
    // Of somebody another provider knows: no password. `subject` at `provider` is his from then on.
    // `admitted`: the provider's word suffices where registration is closed.
    Task<Result<Account>> sign_up_by(std::string provider, std::string subject, SignUp wanted,
                                     bool admitted);

  private:
    struct Writing {
        SignUp wanted;
        std::string password_hash{};  // empty: none
        std::string provider{}, subject{};
        Sha256 setup_link{};
        std::string way{};  // by which he came, for the event
    };
    Task<Result<Account>> write_first(db::Transaction& tx, const Writing& writing);
    Task<Result<Account>> write_other(db::Transaction& tx, const Writing& writing);
    Task<Result<Account>> insert(db::Transaction& tx, const Writing& writing);
    Task<Result<void>> check_setup_link(const Sha256& link);
    Task<Result<SignUp>> admit(SignUp wanted, bool open);

    db::Database& db_;
    const Clock& clock_;
    PasswordHasher& hasher_;
    Invitations& invitations_;
    const bool open_;
};

}  // namespace siahub::hub
