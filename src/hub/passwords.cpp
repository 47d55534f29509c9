#include "hub/passwords.hpp"

#include "core/random.hpp"
#include "crypto/password_hash.hpp"
#include "db/transact.hpp"
#include "hub/events.hpp"

namespace siahub::hub {
namespace {

constexpr std::size_t kMaxPassword = 1024;
constexpr std::size_t kTokenLength = 43;

Failure wrong_credentials() {
    return fail(Code::invalid_credentials, "Wrong name or password");
}

Failure bad_link() {
    return fail(Code::not_found,
                "This link has been used, has expired or was never made; ask an"
                " administrator for a new one");
}

struct Candidate {
    Account account;
    std::optional<std::string> hash;
    bool disabled = false;
};

Candidate candidate_from_row(const db::Row& row) {
    Candidate found;
    found.account = {.id = row.integer(0),
                     .is_org = false,
                     .name = row.text(1),
                     .fullname = row.text(2),
                     .email = row.text(3),
                     .created_at = row.integer(4)};
    found.disabled = row.boolean(5);
    if (!row.is_null(6)) found.hash = row.text(6);
    return found;
}

#define SIAHUB_CANDIDATE                                                                      \
    "SELECT u.id, u.name, u.fullname, u.email, u.created_at, u.disabled, p.hash FROM users u" \
    " LEFT JOIN passwords p ON p.user_id = u.id WHERE u.kind = 'user' AND "

// An address that two accounts have stands for neither.
Task<Result<std::optional<Candidate>>> find_candidate(db::Database& database, std::string key) {
    auto rows = CO_TRY(co_await database.query(SIAHUB_CANDIDATE "u.name_key = $1", {key}));
    if (rows.empty() && key.contains('@'))
        rows = CO_TRY(co_await database.query(SIAHUB_CANDIDATE "u.email_key = $1 LIMIT 2", {key}));
    if (rows.size() != 1) co_return std::nullopt;
    co_return candidate_from_row(rows.front());
}

}  // namespace

Result<void> check_new_password(std::string_view password, std::string_view name,
                                std::string_view email) {
    const auto starts_character = [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    };
    if (!is_valid_utf8(password) || password.size() > kMaxPassword)
        return fail(Code::invalid_argument, "A password is UTF-8 text of at most 1024 bytes");
    if (static_cast<std::size_t>(std::ranges::count_if(password, starts_character)) < kMinPassword)
        return fail(Code::invalid_argument, "A password has at least 10 characters");
    const auto key = name_key(password);
    if (key == name_key(name) || key == name_key(email))
        return fail(Code::invalid_argument, "The name or address is no password");
    if (password.find_first_not_of(password.front()) == std::string_view::npos)
        return fail(Code::invalid_argument, "One character again and again is no password");
    return {};
}

Task<Result<void>> write_password(db::Transaction& tx, RowId user_id, std::string_view hash,
                                  UnixMillis now) {
    CO_TRY(
        co_await tx.query("INSERT INTO passwords (user_id, hash, changed_at) VALUES ($1, $2, $3)"
                          " ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = "
                          "excluded.changed_at",
                          {user_id, hash, now}));
    co_return Result<void>{};
}

Sha256 link_hash(std::string_view token) {
    return sha256(as_bytes(token));
}

std::string new_link_token() {
    return random_alphanumeric(kTokenLength);
}

Task<Result<Account>> Passwords::check(std::string name_or_email, std::string password) {
    std::optional<Candidate> found;
    if (is_valid_utf8(name_or_email) && !name_or_email.contains('\0'))
        found = CO_TRY(co_await find_candidate(db_, name_key(name_or_email)));
    if (password.size() > kMaxPassword) password.clear();
    const auto right =
        CO_TRY(co_await hasher_.verify(found ? found->hash : std::nullopt, password));
    if (!right || found->disabled) co_return wrong_credentials();
    if (is_outdated(*found->hash)) {
        const auto hash = CO_TRY(co_await hasher_.hash(std::move(password)));
        CO_TRY(co_await db_.execute("UPDATE passwords SET hash = $1 WHERE user_id = $2",
                                    {hash, found->account.id}));
    }
    co_return std::move(found->account);
}

Task<Result<std::optional<std::string>>> Passwords::hash_of(RowId user_id) {
    const auto rows =
        CO_TRY(co_await db_.query("SELECT hash FROM passwords WHERE user_id = $1", {user_id}));
    if (rows.empty()) co_return std::nullopt;
    co_return rows.front().text(0);
}

Task<Result<bool>> Passwords::exists(RowId user_id) {
    co_return (CO_TRY(co_await hash_of(user_id))).has_value();
}

Task<Result<void>> Passwords::change(const Account& account, std::string current,
                                     std::string wanted, RowId kept) {
    CO_TRY(check_new_password(wanted, account.name, account.email));
    const auto old = CO_TRY(co_await hash_of(account.id));
    if (old && !CO_TRY(co_await hasher_.verify(old, std::move(current))))
        co_return fail(Code::invalid_credentials, "The present password is another one");
    const auto hash = CO_TRY(co_await hasher_.hash(std::move(wanted)));
    CO_TRY(co_await db::transact(db_, db::Isolation::read_committed,
                                 std::bind_front(&Passwords::store, this), account.id, hash,
                                 event::kPasswordChanged));
    co_return co_await sessions_.end_others(account.id, kept);
}

Task<Result<void>> Passwords::store(db::Transaction& tx, RowId user_id, const std::string& hash,
                                    std::string_view what) {
    CO_TRY(co_await write_password(tx, user_id, hash, clock_.now()));
    // Whoever was sent a link to set a password had better not undo this.
    CO_TRY(co_await tx.query("DELETE FROM account_links WHERE user_id = $1 AND purpose = 'reset'",
                             {user_id}));
    CO_TRY(co_await write_event(tx, clock_.now(), {.what = what, .user = user_id}));
    co_return co_await tx.commit();
}

Task<Result<IssuedLink>> insert_reset_link(db::Database& database, RowId user_id, std::string name,
                                           UnixMillis now, RowId by) {
    IssuedLink link{.token = new_link_token(), .expires_at = now + Passwords::kResetLife};
    const auto digest = link_hash(link.token);
    CO_TRY(co_await change_and_write(
        database, now,
        {"INSERT INTO account_links (hash, purpose, user_id, expires_at)"
         " VALUES ($1, 'reset', $2, $3) RETURNING user_id",
         {ByteView(digest), user_id, link.expires_at}},
        {.what = event::kResetLinkMade, .user = by, .about = std::move(name)}));
    co_return link;
}

Task<Result<IssuedLink>> Passwords::make_reset_link(RowId user_id, std::string name, RowId by) {
    co_return co_await insert_reset_link(db_, user_id, std::move(name), clock_.now(), by);
}

Task<Result<RowId>> Passwords::reset(std::string token, std::string wanted) {
    const auto digest = link_hash(token);
    const auto rows = CO_TRY(
        co_await db_.query("SELECT u.id, u.name, u.email FROM account_links l"
                           " JOIN users u ON u.id = l.user_id WHERE l.hash = $1"
                           " AND l.purpose = 'reset' AND l.expires_at > $2 AND u.disabled = 0",
                           {ByteView(digest), clock_.now()}));
    if (rows.empty()) co_return bad_link();
    const auto user_id = rows.front().integer(0);
    CO_TRY(check_new_password(wanted, rows.front().text(1), rows.front().text(2)));
    const auto hash = CO_TRY(co_await hasher_.hash(std::move(wanted)));
    CO_TRY(co_await db::transact(db_, db::Isolation::read_committed,
                                 std::bind_front(&Passwords::use_link, this), digest, user_id,
                                 hash));
    CO_TRY(co_await sessions_.end_others(user_id, 0));
    co_return user_id;
}

Task<Result<void>> Passwords::use_link(db::Transaction& tx, const Sha256& link, RowId user_id,
                                       const std::string& hash) {
    const auto used = CO_TRY(co_await tx.query(
        "DELETE FROM account_links WHERE hash = $1 RETURNING user_id", {ByteView(link)}));
    if (used.empty()) co_return bad_link();
    co_return co_await store(tx, user_id, hash, event::kPasswordReset);
}

Task<Result<void>> Passwords::remove_expired_links() {
    CO_TRY(
        co_await db_.execute("DELETE FROM account_links WHERE expires_at <= $1", {clock_.now()}));
    co_return Result<void>{};
}

}  // namespace siahub::hub
