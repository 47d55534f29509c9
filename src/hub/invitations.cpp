#include "hub/invitations.hpp"

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
    CO_TRY(co_await db_.execute(
        "INSERT INTO invitations (id, hash, email, org_id, role, invited_by, created_at,"
        " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {id, ByteView(digest), wanted.email, org.id, to_string(wanted.role), wanted.invited_by,
         clock_.now(), wanted.expires_at}));
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

Task<Result<void>> Invitations::withdraw(RowId id) {
    const auto rows =
        CO_TRY(co_await db_.execute("DELETE FROM invitations WHERE id = $1 RETURNING id", {id}));
    if (rows.empty()) co_return fail(Code::not_found, "There is no such invitation");
    co_return Result<void>{};
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
                                 " RETURNING org_id, role",
                                 {ByteView(digest), clock_.now()}));
    if (rows.empty()) co_return bad_invitation();
    const auto org_id = rows.front().integer(0);
    if (org_id == 0) co_return Result<void>{};
    const auto role = parse_org_role(rows.front().text(1)).value_or(OrgRole::read);
    co_return co_await insert_member(tx, org_id, {.user = user.name, .role = role});
}

Task<Result<void>> Invitations::remove_expired() {
    CO_TRY(co_await db_.execute("DELETE FROM invitations WHERE expires_at <= $1", {clock_.now()}));
    co_return Result<void>{};
}

}  // namespace siahub::hub
