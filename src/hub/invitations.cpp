#include "hub/invitations.hpp"

#include "db/transact.hpp"
#include "hub/events.hpp"
#include "hub/passwords.hpp"

#define SIAHUB_INVITATIONS                                                                    \
    "SELECT i.id, i.email, coalesce(o.name, ''), i.role, coalesce(u.name, ''), i.created_at," \
    " i.expires_at FROM invitations i LEFT JOIN users o ON o.id = i.org_id"                   \
    " LEFT JOIN users u ON u.id = i.invited_by WHERE i.expires_at > $1"

namespace siahub::hub {
namespace {

Failure bad_invitation() {
    return fail(Code::not_found,
                "This invitation has been used, has expired or was withdrawn; ask"
                " for a new one");
}

Invitation from_row(const db::Row& row) {
    return {.id = row.integer(0),
            .email = row.text(1),
            .org = row.text(2),
            .role = parse_org_role(row.text(3)).value_or(OrgRole::read),
            .invited_by = row.text(4),
            .created_at = row.integer(5),
            .expires_at = row.integer(6)};
}

// Of a deleted row: email, org_id, role.
Task<Result<NewEvent>> event_of(db::Transaction& tx, std::string_view what, RowId user,
                                const db::Row& row) {
    NewEvent event{.what = what, .user = user, .about = row.text(0)};
    const auto org =
        CO_TRY(co_await tx.query("SELECT name FROM users WHERE id = $1", {row.integer(1)}));
    if (!org.empty())
        event.detail =
            place_in(org.front().text(0), parse_org_role(row.text(2)).value_or(OrgRole::read));
    co_return event;
}

}  // namespace

Task<Result<IssuedInvitation>> Invitations::create(NewInvitation wanted) {
    // The rules for an account's address; the name is any.
    CO_TRY(
        check_account({.name = "anybody", .fullname = "", .email = wanted.email, .is_admin = false},
                      Naming::any));
    Account org;
    if (!wanted.org.empty()) org = CO_TRY(co_await accounts_.find(wanted.org));
    if (!wanted.org.empty() && !org.is_org)
        co_return fail(Code::not_found, "There is no organization \"" + wanted.org + '"');
    const auto token = new_link_token();
    const auto digest = link_hash(token);
    const auto id = new_row_id(clock_.now());
    CO_TRY(co_await change_and_write(
        db_, clock_.now(),
        {"INSERT INTO invitations (id, hash, email, org_id, role, invited_by, created_at,"
         " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
         {id, ByteView(digest), wanted.email, org.id, to_string(wanted.role), wanted.invited_by,
          clock_.now(), wanted.expires_at}},
        {.what = event::kInvitationMade,
         .user = wanted.invited_by,
         .about = wanted.email,
         .detail = org.is_org ? place_in(org.name, wanted.role) : ""}));
    co_return IssuedInvitation{CO_TRY(co_await find(token)), token};
}

Task<Result<std::vector<Invitation>>> Invitations::list() {
    const auto rows = CO_TRY(co_await db_.query(SIAHUB_INVITATIONS " ORDER BY i.id DESC LIMIT 1000",
                                                {clock_.now()}, db::Weight::scan));
    std::vector<Invitation> found;
    found.reserve(rows.size());
    for (const auto& row : rows)
        found.push_back(from_row(row));
    co_return found;
}

Task<Result<void>> Invitations::withdraw(RowId id, RowId by) {
    co_return co_await db::transact(db_, db::Isolation::read_committed,
                                    std::bind_front(&Invitations::erase, this), id, by);
}

Task<Result<void>> Invitations::erase(db::Transaction& tx, RowId id, RowId by) {
    const auto rows = CO_TRY(co_await tx.query(
        "DELETE FROM invitations WHERE id = $1 RETURNING email, org_id, role", {id}));
    if (rows.empty()) co_return fail(Code::not_found, "There is no such invitation");
    auto event = CO_TRY(co_await event_of(tx, event::kInvitationWithdrawn, by, rows.front()));
    CO_TRY(co_await write_event(tx, clock_.now(), std::move(event)));
    co_return co_await tx.commit();
}

Task<Result<Invitation>> Invitations::find(std::string token) {
    const auto digest = link_hash(token);
    const auto rows = CO_TRY(co_await db_.query(SIAHUB_INVITATIONS " AND i.hash = $2",
                                                {clock_.now(), ByteView(digest)}));
    if (rows.empty()) co_return bad_invitation();
    co_return from_row(rows.front());
}

Task<Result<void>> Invitations::take(db::Transaction& tx, std::string_view token,
                                     const Account& user) {
    const auto digest = link_hash(token);
    const auto rows =
        CO_TRY(co_await tx.query("DELETE FROM invitations WHERE hash = $1 AND expires_at > $2"
                                 " RETURNING email, org_id, role",
                                 {ByteView(digest), clock_.now()}));
    if (rows.empty()) co_return bad_invitation();
    auto event = CO_TRY(co_await event_of(tx, event::kInvitationUsed, user.id, rows.front()));
    CO_TRY(co_await write_event(tx, clock_.now(), std::move(event)));
    const auto org_id = rows.front().integer(1);
    if (org_id == 0) co_return Result<void>{};
    const auto role = parse_org_role(rows.front().text(2)).value_or(OrgRole::read);
    co_return co_await insert_member(tx, org_id, {.user = user.name, .role = role});
}

Task<Result<void>> Invitations::remove_expired() {
    CO_TRY(co_await db_.execute("DELETE FROM invitations WHERE expires_at <= $1", {clock_.now()}));
    co_return Result<void>{};
}

}  // namespace siahub::hub
