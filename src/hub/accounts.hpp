#pragma once
// Users and organisations, which share one set of names. Any thread; owns nothing but references.
// Errors: invalid_argument (a bad name), conflict (the name is taken, or was somebody's who is
// deleted), not_found.

#include "core/clock.hpp"
#include "db/database.hpp"
#include "hub/caller.hpp"
#include "hub/names.hpp"

namespace siahub::hub {

struct Account {
    RowId id = 0;
    bool is_org = false;
    std::string name, fullname, email;
    UnixMillis created_at = 0;
};

struct NewAccount {
    std::string name;
    std::string fullname;  // empty: the name
    std::string email;
    bool is_admin = false;
    RowId made_by = 0;  // 0: the command line
    // Takes the name of an account that was deleted, which is refused otherwise: links to what that
    // had would lead to something else.
    bool reuse_name = false;
};

// One line of an organisation's list of members; `account` is the user.
struct Member {
    Account account;
    OrgRole role = OrgRole::read;
};

// One line of a user's list of organisations; `account` is the organisation.
using OrgOfUser = Member;

struct NewMember {
    std::string user;
    OrgRole role = OrgRole::read;
};

// What GET /api/whoami-v2 shows; of a session, the key is empty.
struct Identity {
    Account account;
    std::vector<OrgOfUser> orgs;
    std::string key_label;
    KeyScope key_scope = KeyScope::read;
    UnixMillis key_created_at = 0;
    std::optional<UnixMillis> key_expires_at;
};

// What the overview pages of a user or organisation show; repositories as far as the viewer may see
// them.
struct Overview {
    Account account;
    std::int64_t models = 0, datasets = 0, spaces = 0;
    std::vector<OrgOfUser> orgs;    // of a user
    std::int64_t member_count = 0;  // of an organisation
};

class Accounts {
  public:
    Accounts(db::Database& database, const Clock& clock) : db_(database), clock_(clock) {}

    Task<Result<Account>> create_user(NewAccount account, Naming naming = Naming::strict);
    // All members must be users that exist.
    Task<Result<Account>> create_org(NewAccount account, std::vector<NewMember> members,
                                     Naming naming = Naming::strict);
    Task<Result<void>> set_member(std::string org, NewMember member);
    // Of the API, as against the two above: an organisation keeps an administrator. Errors:
    // conflict. `by`: the user who does it.
    Task<Result<void>> change_member(RowId org_id, NewMember member, RowId by);
    Task<Result<void>> remove_member(RowId org_id, std::string user, RowId by);

    Task<Result<void>> make_admin(RowId user_id);

    Task<Result<Account>> find(std::string name);
    Task<Result<std::vector<Account>>> list();
    Task<Result<std::vector<Member>>> members(RowId org_id);
    Task<Result<std::vector<OrgOfUser>>> orgs_of(RowId user_id);
    // Errors: unauthorized for an anonymous caller.
    Task<Result<Identity>> whoami(const Caller& caller);
    Task<Result<Overview>> overview(std::string name, const Caller& viewer);

  private:
    Task<Result<Identity>> whoami_by_session(const Caller& caller);
    Task<Result<Account>> insert_with_members(db::Transaction& tx, const NewAccount& account,
                                              bool is_org, const std::vector<NewMember>& members);
    Task<Result<void>> write_member(db::Transaction& tx, const Account& org,
                                    const NewMember& member);
    Task<Result<void>> write_checked(db::Transaction& tx, RowId org_id, const NewMember& member,
                                     RowId by);
    Task<Result<void>> delete_checked(db::Transaction& tx, RowId org_id, const std::string& user,
                                      RowId by);

    db::Database& db_;
    const Clock& clock_;
};

// For transactions that make an account among other things.
Result<void> check_account(const NewAccount& account, Naming naming);
Task<Result<Account>> insert_account(db::Transaction& tx, const NewAccount& account, bool is_org,
                                     UnixMillis now);
Task<Result<void>> insert_member(db::Transaction& tx, RowId org_id, const NewMember& member);
// "ORGANISATION ROLE", as events have it.
std::string place_in(std::string_view org, OrgRole role);

}  // namespace siahub::hub
