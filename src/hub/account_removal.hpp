#pragma once
// Deletes users and organisations. Nobody loses bytes by it: who still owns repositories is not
// deleted unless it is said who has them from then on, and neither is one without whom nobody could
// administer the hub or an organisation. Any thread.
//
// The row stays, as kind 'deleted' and with its name alone: the log goes on saying who did what,
// and nobody can take the name and with it the links to what was once there. Only the command line
// gives it away again (NewAccount::reuse_name).

#include "hub/access.hpp"
#include "hub/accounts.hpp"
#include "hub/authenticator.hpp"

namespace siahub::hub {

enum class Obstacle { oneself, last_administrator, only_org_administrator, owns_repositories };

struct Hindrance {
    Obstacle what = Obstacle::oneself;
    std::string why;  // and what to do about it
};

// What goes with an account.
struct AccountLoss {
    Account account;
    std::int64_t repositories = 0;                     // these do not: they are in the way
    std::int64_t keys = 0, sessions = 0, ways_in = 0;  // of a user; accounts of other providers
    std::vector<OrgOfUser> orgs{};                     // of a user: where he is a member
    std::int64_t members = 0;                          // of an organisation
    std::int64_t invitations = 0;  // open ones that the user made, or into the organisation
    std::vector<Hindrance> hindrances{};
};

struct Removal {
    Account account;
    RowId by = 0;                     // 0: the command line
    std::optional<Namespace> heir{};  // who gets the repositories
};

class AccountRemoval {
  public:
    // `authenticator` may be null: a command beside the hub remembers nobody.
    AccountRemoval(db::Database& database, const Clock& clock, Authenticator* authenticator)
        : db_(database), clock_(clock), authenticator_(authenticator) {}

    Task<Result<AccountLoss>> preview(Account account, RowId by);
    // All of it or nothing, and nothing where something is in the way: then that is the answer.
    // Keys and sessions are forgotten by this process at once and by the others within
    // Authenticator::kMaxStaleness. Errors: not_found, conflict (the heir has a repository of the
    // same name).
    Task<Result<std::vector<Hindrance>>> remove(Removal removal);

  private:
    struct Removed {
        std::vector<Hindrance> hindrances;
        std::vector<Sha256> keys;     // of keys and sessions that are no more
        std::vector<RowId> affected;  // whose memberships have changed
    };

    Task<Result<Removed>> erase(db::Transaction& tx, const Removal& removal);
    Task<Result<void>> hand_over(db::Transaction& tx, const Removal& removal);

    db::Database& db_;
    const Clock& clock_;
    Authenticator* const authenticator_;
};

}  // namespace siahub::hub
