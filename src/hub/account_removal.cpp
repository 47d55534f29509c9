#include "hub/account_removal.hpp"

#include "db/transact.hpp"
#include "db/transaction_reads.hpp"
#include "hub/digest_column.hpp"
#include "hub/events.hpp"
#include "hub/repo_lock.hpp"
#include "hub/repo_move.hpp"
#include "hub/repo_row.hpp"

#include <array>

namespace siahub::hub {
namespace {

constexpr std::array<std::string_view, 8> kUserDeletions = {
    "DELETE FROM api_keys WHERE user_id = $1",
    "DELETE FROM sessions WHERE user_id = $1",
    "DELETE FROM passwords WHERE user_id = $1",
    "DELETE FROM identities WHERE user_id = $1",
    "DELETE FROM account_links WHERE user_id = $1",
    "DELETE FROM device_codes WHERE user_id = $1",
    "DELETE FROM oauth_state WHERE link_user = $1",
    // He may have made them to come back by.
    "DELETE FROM invitations WHERE invited_by = $1",
};
constexpr std::string_view kLeaveOrgs = "DELETE FROM org_members WHERE user_id = $1";
constexpr std::array<std::string_view, 2> kOrgDeletions = {
    "DELETE FROM org_members WHERE org_id = $1",
    "DELETE FROM invitations WHERE org_id = $1",
};
constexpr std::string_view kCountOfUser =
    "SELECT (SELECT COUNT(*) FROM api_keys WHERE user_id = $1),"
    " (SELECT COUNT(*) FROM sessions WHERE user_id = $1 AND expires_at > $2),"
    " (SELECT COUNT(*) FROM identities WHERE user_id = $1),"
    " (SELECT COUNT(*) FROM invitations WHERE invited_by = $1 AND expires_at > $2)";
constexpr std::string_view kCountOfOrg =
    "SELECT (SELECT COUNT(*) FROM org_members WHERE org_id = $1),"
    " (SELECT COUNT(*) FROM invitations WHERE org_id = $1 AND expires_at > $2)";
constexpr std::string_view kOnlyAdminOf =
    "SELECT o.name FROM org_members m JOIN users o ON o.id = m.org_id WHERE m.user_id = $1"
    " AND m.role = 'admin' AND NOT EXISTS (SELECT 1 FROM org_members other"
    " WHERE other.org_id = m.org_id AND other.role = 'admin' AND other.user_id <> $1)"
    " ORDER BY o.name_key";

std::string repositories(std::int64_t count) {
    return count == 1 ? "1 repository" : std::to_string(count) + " repositories";
}

std::string joined(const db::Rows& names) {
    std::string text;
    for (const auto& row : names)
        text.append(text.empty() ? "" : ", ").append(row.text(0));
    return text;
}

Task<Result<std::int64_t>> count_repositories(db::Database& database, RowId owner) {
    const auto rows =
        CO_TRY(co_await database.query("SELECT COUNT(*) FROM repos WHERE owner_id = $1", {owner}));
    co_return rows.front().integer(0);
}

Task<Result<void>> count_of_user(db::Database& database, AccountLoss& loss, UnixMillis now) {
    const auto id = loss.account.id;
    const auto rows = CO_TRY(co_await database.query(kCountOfUser, {id, now}));
    loss.keys = rows.front().integer(0);
    loss.sessions = rows.front().integer(1);
    loss.ways_in = rows.front().integer(2);
    loss.invitations = rows.front().integer(3);
    co_return Result<void>{};
}

Task<Result<void>> count_of_org(db::Database& database, AccountLoss& loss, UnixMillis now) {
    const auto rows = CO_TRY(co_await database.query(kCountOfOrg, {loss.account.id, now}));
    loss.members = rows.front().integer(0);
    loss.invitations = rows.front().integer(1);
    co_return Result<void>{};
}

Task<Result<void>> hinder_user(db::Database& database, AccountLoss& loss, RowId by) {
    const auto& [id, is_org, name, fullname, email, created_at] = loss.account;
    if (id == by)
        loss.hindrances.push_back(
            {Obstacle::oneself, "Nobody deletes himself; ask another administrator"});
    const auto others =
        CO_TRY(co_await database.query("SELECT 1 FROM users WHERE is_admin = 1 AND disabled = 0 AND"
                                       " kind = 'user' AND id <> $1 LIMIT 1",
                                       {id}));
    const auto self =
        CO_TRY(co_await database.query("SELECT is_admin FROM users WHERE id = $1", {id}));
    if (others.empty() && !self.empty() && self.front().boolean(0))
        loss.hindrances.push_back(
            {Obstacle::last_administrator,
             name + " is the only administrator of this hub; make another one first"});
    const auto alone = CO_TRY(co_await database.query(kOnlyAdminOf, {id}));
    if (!alone.empty())
        loss.hindrances.push_back({Obstacle::only_org_administrator,
                                   name + " is the only administrator of " + joined(alone) +
                                       "; name another one, or delete the organisation first"});
    co_return Result<void>{};
}

// Through a transaction that holds the locks, or to be shown.
Task<Result<AccountLoss>> look(db::Database& database, Account account, RowId by, UnixMillis now) {
    AccountLoss loss{.account = std::move(account)};
    loss.repositories = CO_TRY(co_await count_repositories(database, loss.account.id));
    if (loss.account.is_org) {
        CO_TRY(co_await count_of_org(database, loss, now));
    } else {
        CO_TRY(co_await count_of_user(database, loss, now));
        CO_TRY(co_await hinder_user(database, loss, by));
    }
    if (loss.repositories > 0)
        loss.hindrances.push_back(
            {Obstacle::owns_repositories, loss.account.name + " still owns " +
                                              repositories(loss.repositories) +
                                              "; move or delete them first, or say who gets them"});
    co_return loss;
}

// Orders this deletion among those who add repositories, and the organisations' other changes of
// members: each locks the row of what it is about.
Task<Result<void>> lock_account(db::Transaction& tx, const Account& account) {
    const std::string_view kind = account.is_org ? "org" : "user";
    const auto rows = CO_TRY(co_await tx.query(
        "UPDATE users SET fullname = fullname WHERE id = $1 AND kind = $2 RETURNING id",
        {account.id, kind}));
    if (rows.empty()) co_return fail(Code::not_found, account.name + " is deleted already");
    if (account.is_org) co_return Result<void>{};
    const auto orgs = CO_TRY(co_await tx.query(
        "SELECT org_id FROM org_members WHERE user_id = $1 ORDER BY org_id", {account.id}));
    for (const auto& org : orgs)
        CO_TRY(co_await tx.query("UPDATE users SET fullname = fullname WHERE id = $1 RETURNING id",
                                 {org.integer(0)}));
    co_return Result<void>{};
}

Task<Result<std::vector<Sha256>>> secrets_of(db::Transaction& tx, RowId user) {
    const auto rows =
        CO_TRY(co_await tx.query("SELECT hash FROM api_keys WHERE user_id = $1 UNION ALL"
                                 " SELECT hash FROM sessions WHERE user_id = $1 UNION ALL"
                                 " SELECT previous_hash FROM sessions WHERE user_id = $1"
                                 " AND previous_hash IS NOT NULL",
                                 {user}));
    std::vector<Sha256> found;
    found.reserve(rows.size());
    for (const auto& row : rows)
        found.push_back(digest_column(row, 0));
    co_return found;
}

Task<Result<std::vector<RowId>>> members_of(db::Transaction& tx, RowId org) {
    const auto rows =
        CO_TRY(co_await tx.query("SELECT user_id FROM org_members WHERE org_id = $1", {org}));
    std::vector<RowId> found;
    found.reserve(rows.size());
    for (const auto& row : rows)
        found.push_back(row.integer(0));
    co_return found;
}

Task<Result<void>> run_each(db::Transaction& tx, std::span<const std::string_view> statements,
                            RowId id) {
    const std::array<db::Params, 1> batch = {db::Params{id}};
    for (const auto statement : statements)
        CO_TRY(co_await tx.execute_many(statement, batch));
    co_return Result<void>{};
}

// What is left is the name.
Task<Result<void>> bury(db::Transaction& tx, RowId id) {
    CO_TRY(
        co_await tx.query("UPDATE users SET kind = 'deleted', fullname = '', email = '',"
                          " email_key = '', is_admin = 0, disabled = 1, last_seen_at = NULL"
                          " WHERE id = $1",
                          {id}));
    co_return Result<void>{};
}

}  // namespace

Task<Result<AccountLoss>> AccountRemoval::preview(Account account, RowId by) {
    const bool is_org = account.is_org;
    auto loss = CO_TRY(co_await look(db_, std::move(account), by, clock_.now()));
    if (is_org) co_return loss;
    Accounts accounts(db_, clock_);
    loss.orgs = CO_TRY(co_await accounts.orgs_of(loss.account.id));
    co_return loss;
}

Task<Result<void>> AccountRemoval::hand_over(db::Transaction& tx, const Removal& removal) {
    const auto& heir = *removal.heir;
    if (heir.owner_id == removal.account.id)
        co_return fail(Code::invalid_argument, "The repositories have to go to somebody else");
    CO_TRY(co_await lock_owner(tx, heir.owner_id));
    const auto rows = CO_TRY(co_await tx.query("SELECT " SIAHUB_REPO_COLUMNS
                                               " FROM repos WHERE owner_id = $1 ORDER BY id",
                                               {removal.account.id}));
    for (const auto& row : rows) {
        const auto repo = repo_from_row(row);
        CO_TRY(co_await move_repo(tx, repo, heir, repo.name));
        CO_TRY(co_await write_event(tx, clock_.now(),
                                    {.what = event::kRepoRenamed,
                                     .user = removal.by,
                                     .about = place_of(repo),
                                     .repo = repo.id}));
    }
    co_return Result<void>{};
}

Task<Result<AccountRemoval::Removed>> AccountRemoval::erase(db::Transaction& tx,
                                                            const Removal& removal) {
    const auto& account = removal.account;
    CO_TRY(co_await lock_account(tx, account));
    if (removal.heir) CO_TRY(co_await hand_over(tx, removal));
    db::TransactionReads reads(tx);
    Removed removed;
    removed.hindrances = CO_TRY(co_await look(reads, account, removal.by, clock_.now())).hindrances;
    if (!removed.hindrances.empty()) co_return removed;
    if (account.is_org) {
        removed.affected = CO_TRY(co_await members_of(tx, account.id));
        CO_TRY(co_await run_each(tx, kOrgDeletions, account.id));
    } else {
        removed.keys = CO_TRY(co_await secrets_of(tx, account.id));
        CO_TRY(co_await run_each(tx, std::array{kLeaveOrgs}, account.id));
        CO_TRY(co_await run_each(tx, kUserDeletions, account.id));
    }
    CO_TRY(co_await bury(tx, account.id));
    CO_TRY(co_await write_event(tx, clock_.now(),
                                {.what = account.is_org ? event::kOrgDeleted : event::kUserDeleted,
                                 .user = removal.by,
                                 .about = account.name,
                                 .detail = removal.heir ? removal.heir->name : ""}));
    CO_TRY(co_await tx.commit());
    co_return removed;
}

Task<Result<std::vector<Hindrance>>> AccountRemoval::remove(Removal removal) {
    auto removed = CO_TRY(co_await db::transact(
        db_, db::Isolation::serializable, std::bind_front(&AccountRemoval::erase, this), removal));
    if (authenticator_ != nullptr) {
        co_await authenticator_->forget_all(std::move(removed.keys));
        for (const auto user : removed.affected)
            CO_TRY(co_await authenticator_->forget_user(user));
    }
    co_return std::move(removed.hindrances);
}

}  // namespace siahub::hub
