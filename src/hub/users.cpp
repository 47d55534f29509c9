#include "hub/users.hpp"

#include "db/transact.hpp"
#include "hub/events.hpp"
#include "hub/names.hpp"

#define SIAHUB_USER_COLUMNS \
    "id, name, fullname, email, is_admin, disabled, created_at, last_seen_at, name_key"

namespace siahub::hub {
namespace {

User from_row(const db::Row& row) {
    User user{.id = row.integer(0),
              .name = row.text(1),
              .fullname = row.text(2),
              .email = row.text(3),
              .is_admin = row.boolean(4),
              .disabled = row.boolean(5),
              .created_at = row.integer(6)};
    if (!row.is_null(7)) user.last_seen_at = row.integer(7);
    return user;
}

// For LIKE … ESCAPE '!': part of a text, whatever it contains.
std::string containing(std::string_view part) {
    std::string pattern = "%";
    for (const char c : name_key(part)) {
        if (c == '%' || c == '_' || c == '!') pattern += '!';
        pattern += c;
    }
    return pattern + '%';
}

Failure no_such_user(std::string_view name) {
    return fail(Code::not_found, "There is no user \"" + std::string(name) + '"');
}

}  // namespace

Task<Result<UserPage>> Users::list(UserQuery query) {
    const auto pattern = containing(query.search);
    const auto rows =
        CO_TRY(co_await db_.query(
            "SELECT " SIAHUB_USER_COLUMNS " FROM users WHERE kind = 'user' AND name_key > $1"
            " AND (name_key LIKE $2 ESCAPE '!' OR lower(fullname) LIKE $2 ESCAPE '!'"
            " OR email_key LIKE $2 ESCAPE '!') ORDER BY name_key LIMIT $3",
            {query.cursor, pattern, query.limit + 1}, db::Weight::scan));
    UserPage page;
    const auto shown = std::min(rows.size(), static_cast<std::size_t>(query.limit));
    for (std::size_t i = 0; i < shown; ++i)
        page.users.push_back(from_row(rows[i]));
    if (rows.size() > shown && shown > 0) page.cursor = rows[shown - 1].text(8);
    co_return page;
}

// Only those of the page are counted.
Task<Result<OrganizationPage>> Users::list_orgs(UserQuery query) {
    const auto pattern = containing(query.search);
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT o.name, o.fullname, o.created_at, o.name_key,"
        " (SELECT COUNT(*) FROM org_members m WHERE m.org_id = o.id),"
        " (SELECT COUNT(*) FROM repos r WHERE r.owner_id = o.id"
        " AND r.kind IN ('model', 'dataset', 'space'))"
        " FROM users o WHERE o.kind = 'org' AND o.name_key > $1 AND (o.name_key LIKE $2 ESCAPE '!'"
        " OR lower(o.fullname) LIKE $2 ESCAPE '!') ORDER BY o.name_key LIMIT $3",
        {query.cursor, pattern, query.limit + 1}, db::Weight::scan));
    OrganizationPage page;
    const auto shown = std::min(rows.size(), static_cast<std::size_t>(query.limit));
    for (std::size_t i = 0; i < shown; ++i)
        page.orgs.push_back({.name = rows[i].text(0),
                             .fullname = rows[i].text(1),
                             .members = rows[i].integer(4),
                             .repositories = rows[i].integer(5),
                             .created_at = rows[i].integer(2)});
    if (rows.size() > shown && shown > 0) page.cursor = rows[shown - 1].text(3);
    co_return page;
}

Task<Result<User>> Users::find(std::string name) {
    const auto key = name_key(name);
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT " SIAHUB_USER_COLUMNS " FROM users WHERE name_key = $1 AND kind = 'user'", {key}));
    if (rows.empty()) co_return no_such_user(name);
    co_return from_row(rows.front());
}

Task<Result<void>> Users::write(db::Transaction& tx, const User& before, const User& after,
                                RowId by) {
    CO_TRY(
        co_await tx.query("UPDATE users SET is_admin = $1, disabled = $2 WHERE id = $3",
                          {std::int64_t{after.is_admin}, std::int64_t{after.disabled}, after.id}));
    const auto left = CO_TRY(co_await tx.query(
        "SELECT 1 FROM users WHERE is_admin = 1 AND disabled = 0 AND kind = 'user' LIMIT 1"));
    if (left.empty())
        co_return fail(Code::conflict, "A hub needs an administrator; name another first");
    if (before.is_admin != after.is_admin)
        CO_TRY(co_await write_event(tx, clock_.now(),
                                    {.what = event::kUserRoleChanged,
                                     .user = by,
                                     .about = after.name,
                                     .detail = after.is_admin ? "administrator" : "user"}));
    if (before.disabled != after.disabled)
        CO_TRY(co_await write_event(
            tx, clock_.now(),
            {.what = after.disabled ? event::kUserDisabled : event::kUserEnabled,
             .user = by,
             .about = after.name}));
    co_return co_await tx.commit();
}

Task<Result<User>> Users::change(std::string name, UserChange change, RowId by) {
    const auto before = CO_TRY(co_await find(std::move(name)));
    auto user = before;
    user.is_admin = change.is_admin.value_or(user.is_admin);
    user.disabled = change.disabled.value_or(user.disabled);
    CO_TRY(co_await db::transact(db_, db::Isolation::serializable,
                                 std::bind_front(&Users::write, this), before, user, by));
    CO_TRY(co_await authenticator_.forget_user(user.id));
    if (user.disabled) CO_TRY(co_await sessions_.end_others(user.id, 0));
    co_return user;
}

}  // namespace siahub::hub
