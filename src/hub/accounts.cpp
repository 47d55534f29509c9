#include "hub/accounts.hpp"

#include "db/transact.hpp"
#include "hub/events.hpp"

#include <algorithm>

#define SIAHUB_ACCOUNT_COLUMNS "u.id, u.kind, u.name, u.fullname, u.email, u.created_at"

namespace siahub::hub {
namespace {

constexpr std::size_t kAccountColumnCount = 6;
constexpr std::size_t kMaxTextLength = 254;  // of a mail address, RFC 5321

Account account_from_row(const db::Row& row) {
    return {.id = row.integer(0),
            .is_org = row.text(1) == "org",
            .name = row.text(2),
            .fullname = row.text(3),
            .email = row.text(4),
            .created_at = row.integer(5)};
}

std::vector<Member> members_from_rows(const db::Rows& rows) {
    std::vector<Member> members;
    members.reserve(rows.size());
    for (const auto& row : rows)
        members.push_back({account_from_row(row),
                           parse_org_role(row.text(kAccountColumnCount)).value_or(OrgRole::read)});
    return members;
}

// These end up in the author line of git commits, where '<', '>' and line feeds have a meaning.
Result<void> check_text(std::string_view what, std::string_view text) {
    const auto breaks_line = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '<' || c == '>';
    };
    if (text.size() > kMaxTextLength)
        return fail(Code::invalid_argument, std::string(what) + ": at most 254 bytes");
    if (!is_valid_utf8(text) || std::ranges::any_of(text, breaks_line))
        return fail(Code::invalid_argument,
                    std::string(what) + ": UTF-8 without control characters, '<' and '>'");
    return {};
}

Failure no_such(std::string_view what, std::string_view name) {
    return fail(Code::not_found,
                "There is no " + std::string(what) + " \"" + std::string(name) + '"');
}

// Locks the organisation, so that two administrators cannot remove each other at once. Its name.
Task<Result<std::string>> lock_org(db::Transaction& tx, RowId org_id) {
    const auto rows = CO_TRY(
        co_await tx.query("UPDATE users SET kind = kind WHERE id = $1 RETURNING name", {org_id}));
    if (rows.empty()) co_return fail(Code::not_found, "There is no such organization");
    co_return rows.front().text(0);
}

void name_user(const db::Rows& changed, NewEvent& event) {
    event.about = changed.front().text(0);
}

// No name has a slash.
Task<Result<void>> free_name_of_deleted(db::Transaction& tx, std::string_view name) {
    const auto key = name_key(name);
    CO_TRY(
        co_await tx.query("UPDATE users SET name_key = name_key || '/' || CAST(id AS TEXT)"
                          " WHERE name_key = $1 AND kind = 'deleted'",
                          {key}));
    co_return Result<void>{};
}

Task<Result<Account>> name_taken(db::Transaction& tx, std::string_view name) {
    const auto key = name_key(name);
    const auto rows =
        CO_TRY(co_await tx.query("SELECT kind FROM users WHERE name_key = $1", {key}));
    const bool deleted = !rows.empty() && rows.front().text(0) == "deleted";
    co_return fail(Code::conflict,
                   "The name \"" + std::string(name) +
                       (deleted ? "\" was that of an account that is deleted, and stays taken:"
                                  " links to it are still about"
                                : "\" is already taken"));
}

Task<Result<void>> keep_an_admin(db::Transaction& tx, RowId org_id) {
    const auto rows = CO_TRY(co_await tx.query(
        "SELECT 1 FROM org_members WHERE org_id = $1 AND role = 'admin' LIMIT 1", {org_id}));
    if (rows.empty())
        co_return fail(Code::conflict,
                       "An organization needs an administrator; name another first");
    co_return Result<void>{};
}

}  // namespace

Result<void> check_account(const NewAccount& account, Naming naming) {
    TRY(check_account_name(account.name, naming));
    TRY(check_text("fullname", account.fullname));
    return check_text("email", account.email);
}

Task<Result<Account>> insert_account(db::Transaction& tx, const NewAccount& account, bool is_org,
                                     UnixMillis now) {
    if (account.reuse_name) CO_TRY(co_await free_name_of_deleted(tx, account.name));
    Account made{.id = new_row_id(now),
                 .is_org = is_org,
                 .name = account.name,
                 .fullname = account.fullname.empty() ? account.name : account.fullname,
                 .email = account.email,
                 .created_at = now};
    const auto key = name_key(made.name);
    const auto email_key = name_key(made.email);
    const std::string_view kind = is_org ? "org" : "user";
    const auto rows = CO_TRY(co_await tx.query(
        "INSERT INTO users (id, kind, name, name_key, fullname, email, created_at, email_key,"
        " is_admin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " ON CONFLICT (name_key) DO NOTHING RETURNING id",
        {made.id, kind, made.name, key, made.fullname, made.email, made.created_at, email_key,
         std::int64_t{account.is_admin}}));
    if (rows.empty()) co_return co_await name_taken(tx, made.name);
    co_return made;
}

Task<Result<void>> insert_member(db::Transaction& tx, RowId org_id, const NewMember& member) {
    const auto key = name_key(member.user);
    const auto rows = CO_TRY(co_await tx.query(
        "INSERT INTO org_members (org_id, user_id, role)"
        " SELECT o.id, u.id, $2 FROM users u JOIN users o ON o.id = $1 AND o.kind = 'org'"
        " WHERE u.name_key = $3 AND u.kind = 'user'"
        " ON CONFLICT (org_id, user_id) DO UPDATE SET role = excluded.role RETURNING user_id",
        {org_id, to_string(member.role), key}));
    if (rows.empty()) co_return no_such("user", member.user);
    co_return Result<void>{};
}

std::string place_in(std::string_view org, OrgRole role) {
    return std::string(org).append(" ").append(to_string(role));
}

Task<Result<Account>> Accounts::create_user(NewAccount account, Naming naming) {
    CO_TRY(check_account(account, naming));
    const std::vector<NewMember> nobody;
    co_return co_await db::transact(db_, db::Isolation::serializable,
                                    std::bind_front(&Accounts::insert_with_members, this), account,
                                    false, nobody);
}

Task<Result<Account>> Accounts::create_org(NewAccount account, std::vector<NewMember> members,
                                           Naming naming) {
    CO_TRY(check_account(account, naming));
    co_return co_await db::transact(db_, db::Isolation::serializable,
                                    std::bind_front(&Accounts::insert_with_members, this), account,
                                    true, members);
}

Task<Result<Account>> Accounts::insert_with_members(db::Transaction& tx, const NewAccount& account,
                                                    bool is_org,
                                                    const std::vector<NewMember>& members) {
    auto made = CO_TRY(co_await insert_account(tx, account, is_org, clock_.now()));
    for (const auto& member : members)
        CO_TRY(co_await insert_member(tx, made.id, member));
    CO_TRY(co_await write_event(tx, clock_.now(),
                                {.what = is_org ? event::kOrgCreated : event::kUserCreated,
                                 .user = account.made_by,
                                 .about = made.name}));
    CO_TRY(co_await tx.commit());
    co_return made;
}

Task<Result<void>> Accounts::set_member(std::string org, NewMember member) {
    const auto account = CO_TRY(co_await find(org));
    if (!account.is_org) co_return no_such("organisation", org);
    co_return co_await db::transact(db_, db::Isolation::serializable,
                                    std::bind_front(&Accounts::write_member, this), account,
                                    member);
}

Task<Result<void>> Accounts::write_member(db::Transaction& tx, const Account& org,
                                          const NewMember& member) {
    CO_TRY(co_await insert_member(tx, org.id, member));
    CO_TRY(co_await write_event(tx, clock_.now(),
                                {.what = event::kMemberChanged,
                                 .about = member.user,
                                 .detail = place_in(org.name, member.role)}));
    co_return co_await tx.commit();
}

Task<Result<void>> Accounts::change_member(RowId org_id, NewMember member, RowId by) {
    co_return co_await db::transact(db_, db::Isolation::read_committed,
                                    std::bind_front(&Accounts::write_checked, this), org_id, member,
                                    by);
}

Task<Result<void>> Accounts::write_checked(db::Transaction& tx, RowId org_id,
                                           const NewMember& member, RowId by) {
    const auto org = CO_TRY(co_await lock_org(tx, org_id));
    CO_TRY(co_await insert_member(tx, org_id, member));
    CO_TRY(co_await keep_an_admin(tx, org_id));
    CO_TRY(co_await write_event(tx, clock_.now(),
                                {.what = event::kMemberChanged,
                                 .user = by,
                                 .about = member.user,
                                 .detail = place_in(org, member.role)}));
    co_return co_await tx.commit();
}

Task<Result<void>> Accounts::remove_member(RowId org_id, std::string user, RowId by) {
    co_return co_await db::transact(db_, db::Isolation::read_committed,
                                    std::bind_front(&Accounts::delete_checked, this), org_id, user,
                                    by);
}

Task<Result<void>> Accounts::delete_checked(db::Transaction& tx, RowId org_id,
                                            const std::string& user, RowId by) {
    const auto org = CO_TRY(co_await lock_org(tx, org_id));
    const auto key = name_key(user);
    const auto rows =
        CO_TRY(co_await tx.query("DELETE FROM org_members WHERE org_id = $1 AND user_id IN"
                                 " (SELECT id FROM users WHERE name_key = $2) RETURNING user_id",
                                 {org_id, key}));
    if (rows.empty()) co_return fail(Code::not_found, "\"" + user + "\" is no member");
    CO_TRY(co_await keep_an_admin(tx, org_id));
    CO_TRY(co_await write_event(
        tx, clock_.now(),
        {.what = event::kMemberRemoved, .user = by, .about = user, .detail = org}));
    co_return co_await tx.commit();
}

Task<Result<void>> Accounts::make_admin(RowId user_id) {
    CO_TRY(co_await change_and_write(
        db_, clock_.now(),
        {"UPDATE users SET is_admin = 1 WHERE id = $1 AND kind = 'user' AND is_admin = 0"
         " RETURNING name",
         {user_id}},
        {.what = event::kUserRoleChanged, .detail = "administrator"}, name_user));
    co_return Result<void>{};
}

Task<Result<Account>> Accounts::find(std::string name) {
    const auto key = name_key(name);
    const auto rows = CO_TRY(co_await db_.query("SELECT " SIAHUB_ACCOUNT_COLUMNS
                                                " FROM users u WHERE u.name_key = $1"
                                                " AND u.kind <> 'deleted'",
                                                {key}));
    if (rows.empty()) co_return no_such("user or organisation", name);
    co_return account_from_row(rows.front());
}

Task<Result<std::vector<Account>>> Accounts::list() {
    const auto rows =
        CO_TRY(co_await db_.query("SELECT " SIAHUB_ACCOUNT_COLUMNS
                                  " FROM users u WHERE u.kind <> 'deleted' ORDER BY u.name_key",
                                  {}, db::Weight::scan));
    std::vector<Account> accounts;
    accounts.reserve(rows.size());
    for (const auto& row : rows)
        accounts.push_back(account_from_row(row));
    co_return accounts;
}

Task<Result<std::vector<Member>>> Accounts::members(RowId org_id) {
    co_return members_from_rows(
        CO_TRY(co_await db_.query("SELECT " SIAHUB_ACCOUNT_COLUMNS ", m.role FROM org_members m"
                                  " JOIN users u ON u.id = m.user_id WHERE m.org_id = $1 AND "
                                  "u.kind = 'user' ORDER BY u.name_key",
                                  {org_id}, db::Weight::scan)));
}

Task<Result<std::vector<OrgOfUser>>> Accounts::orgs_of(RowId user_id) {
    co_return members_from_rows(
        CO_TRY(co_await db_.query("SELECT " SIAHUB_ACCOUNT_COLUMNS ", m.role FROM org_members m"
                                  " JOIN users u ON u.id = m.org_id WHERE m.user_id = $1 AND "
                                  "u.kind = 'org' ORDER BY u.name_key",
                                  {user_id})));
}

Task<Result<Identity>> Accounts::whoami(const Caller& caller) {
    if (caller.anonymous()) co_return fail(Code::unauthorized, "Nobody is logged in: send a key");
    if (caller.session_id != 0) co_return co_await whoami_by_session(caller);
    const auto rows =
        CO_TRY(co_await db_.query(
            "SELECT " SIAHUB_ACCOUNT_COLUMNS ", k.label, k.scope, k.created_at, k.expires_at"
            " FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.id = $1",
            {caller.key_id}));
    if (rows.empty())  // revoked within the last seconds
        co_return fail(Code::invalid_credentials, "Invalid credentials in Authorization header");
    const auto& row = rows.front();
    Identity identity;
    identity.account = account_from_row(row);
    identity.key_label = row.text(kAccountColumnCount);
    identity.key_scope =
        parse_key_scope(row.text(kAccountColumnCount + 1)).value_or(KeyScope::read);
    identity.key_created_at = row.integer(kAccountColumnCount + 2);
    if (!row.is_null(kAccountColumnCount + 3))
        identity.key_expires_at = row.integer(kAccountColumnCount + 3);
    identity.orgs = CO_TRY(co_await orgs_of(caller.user_id));
    co_return identity;
}

Task<Result<Identity>> Accounts::whoami_by_session(const Caller& caller) {
    Identity identity;
    identity.account = CO_TRY(co_await find(caller.name));
    identity.orgs = CO_TRY(co_await orgs_of(caller.user_id));
    identity.key_scope = caller.scope;
    co_return identity;
}

Task<Result<Overview>> Accounts::overview(std::string name, const Caller& viewer) {
    Overview overview;
    overview.account = CO_TRY(co_await find(std::move(name)));
    const auto id = overview.account.id;
    const std::int64_t most_private = viewer.role_in(id) ? 1 : 0;
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT kind, count(*) FROM repos WHERE owner_id = $1 AND private <= $2 GROUP BY kind",
        {id, most_private}, db::Weight::scan));
    for (const auto& row : rows) {
        const auto kind = parse_repo_kind(row.text(0)).value_or(RepoKind::model);
        auto& count = kind == RepoKind::model     ? overview.models
                      : kind == RepoKind::dataset ? overview.datasets
                                                  : overview.spaces;
        count = row.integer(1);
    }
    if (!overview.account.is_org) {
        overview.orgs = CO_TRY(co_await orgs_of(id));
        co_return overview;
    }
    const auto counted =
        CO_TRY(co_await db_.query("SELECT count(*) FROM org_members WHERE org_id = $1", {id}));
    overview.member_count = counted.front().integer(0);
    co_return overview;
}

}  // namespace siahub::hub
