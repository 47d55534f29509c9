#pragma once
// The users as their administrators see and change them, and the organisations. Any thread. Errors:
// not_found, conflict (the last administrator). What is changed here is forgotten by this process
// at once and takes effect in the others within Authenticator::kMaxStaleness.

#include "hub/sessions.hpp"

namespace siahub::hub {

struct User {
    RowId id = 0;
    std::string name, fullname, email;
    bool is_admin = false, disabled = false;
    UnixMillis created_at = 0;
    std::optional<UnixMillis> last_seen_at{};
};

struct UserPage {
    std::vector<User> users;
    std::string cursor;  // empty: the last page
};

struct Organization {
    std::string name, fullname;
    std::int64_t members = 0, repositories = 0;
    UnixMillis created_at = 0;
};

struct OrganizationPage {
    std::vector<Organization> orgs;
    std::string cursor;  // empty: the last page
};

struct UserQuery {
    std::string search;  // part of name, full name or address
    std::string cursor;
    std::int64_t limit = 50;
};

struct UserChange {
    std::optional<bool> is_admin, disabled;
};

class Users {
  public:
    Users(db::Database& database, const Clock& clock, Authenticator& authenticator,
          Sessions& sessions)
        : db_(database), clock_(clock), authenticator_(authenticator), sessions_(sessions) {}

    Task<Result<UserPage>> list(UserQuery query);
    Task<Result<OrganizationPage>> list_orgs(UserQuery query);
    Task<Result<User>> find(std::string name);
    // `by`: the administrator who does it.
    Task<Result<User>> change(std::string name, UserChange change, RowId by);

  private:
    Task<Result<void>> write(db::Transaction& tx, const User& before, const User& after, RowId by);

    db::Database& db_;
    const Clock& clock_;
    Authenticator& authenticator_;
    Sessions& sessions_;
};

}  // namespace siahub::hub
