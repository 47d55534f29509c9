#include "hub/sign_ups.hpp"

#include "db/transact.hpp"
#include "hub/events.hpp"

namespace siahub::hub {
namespace {

constexpr std::string_view kAnAdmin =
    "SELECT 1 FROM users WHERE is_admin = 1 AND disabled = 0 AND kind = 'user' LIMIT 1";

Failure already_set_up() {
    return fail(Code::conflict,
                "This hub has an administrator already; sign in, or ask him for an"
                " invitation");
}

Failure bad_setup_link() {
    return fail(Code::not_found,
                "This set-up link is not good; the hub prints a new one when it starts");
}

Result<void> check_email(std::string_view email) {
    const auto at = email.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == email.size() || email.contains(' '))
        return fail(Code::invalid_argument, "\"email\" must be an e-mail address");
    return {};
}

}  // namespace

Task<Result<bool>> SignUps::setup_needed() {
    const auto rows = CO_TRY(co_await db_.query(kAnAdmin));
    const bool none = rows.empty();
    co_return none;
}

Task<Result<IssuedLink>> SignUps::make_setup_link() {
    IssuedLink link{.token = new_link_token(), .expires_at = clock_.now() + kSetupLife};
    const auto digest = link_hash(link.token);
    CO_TRY(
        co_await db_.execute("INSERT INTO account_links (hash, purpose, user_id, expires_at)"
                             " VALUES ($1, 'setup', 0, $2)",
                             {ByteView(digest), link.expires_at}));
    co_return link;
}

Task<Result<void>> SignUps::check_setup_link(const Sha256& link) {
    const auto rows = CO_TRY(
        co_await db_.query("SELECT 1 FROM account_links WHERE hash = $1 AND purpose = 'setup'"
                           " AND expires_at > $2",
                           {ByteView(link), clock_.now()}));
    if (rows.empty()) co_return bad_setup_link();
    co_return Result<void>{};
}

Task<Result<Account>> SignUps::set_up(std::string token, SignUp wanted) {
    Writing writing{.wanted = std::move(wanted), .setup_link = link_hash(token), .way = "setup"};
    auto& account = writing.wanted.account;
    account.is_admin = true;
    if (!CO_TRY(co_await setup_needed())) co_return already_set_up();
    CO_TRY(co_await check_setup_link(writing.setup_link));
    CO_TRY(check_account(account, Naming::strict));
    if (!account.email.empty()) CO_TRY(check_email(account.email));
    CO_TRY(check_new_password(writing.wanted.password, account.name, account.email));
    writing.password_hash = CO_TRY(co_await hasher_.hash(std::move(writing.wanted.password)));
    co_return co_await db::transact(db_, db::Isolation::serializable,
                                    std::bind_front(&SignUps::write_first, this), writing);
}

Task<Result<Account>> SignUps::write_first(db::Transaction& tx, const Writing& writing) {
    const auto used =
        CO_TRY(co_await tx.query("DELETE FROM account_links WHERE hash = $1 RETURNING user_id",
                                 {ByteView(writing.setup_link)}));
    if (used.empty()) co_return bad_setup_link();
    if (!(CO_TRY(co_await tx.query(kAnAdmin))).empty()) co_return already_set_up();
    auto made = CO_TRY(co_await insert(tx, writing));
    CO_TRY(co_await tx.query("DELETE FROM account_links WHERE purpose = 'setup'"));
    CO_TRY(co_await tx.commit());
    co_return made;
}

// Who may make an account, and with which address: before anything is hashed.
Task<Result<SignUp>> SignUps::admit(SignUp wanted, bool open) {
    if (wanted.invitation.empty() && !open)
        co_return fail(Code::forbidden,
                       "This hub admits only who was invited; ask an administrator");
    if (!wanted.invitation.empty()) {
        auto invitation = CO_TRY(co_await invitations_.find(wanted.invitation));
        if (!invitation.email.empty()) wanted.account.email = std::move(invitation.email);
    }
    wanted.account.is_admin = false;
    CO_TRY(check_account(wanted.account, Naming::strict));
    if (wanted.invitation.empty() || !wanted.account.email.empty())
        CO_TRY(check_email(wanted.account.email));
    co_return wanted;
}

Task<Result<Account>> SignUps::sign_up(SignUp wanted) {
    Writing writing{.wanted = CO_TRY(co_await admit(std::move(wanted), open_))};
    writing.way = writing.wanted.invitation.empty() ? "registration" : "invitation";
    const auto& account = writing.wanted.account;
    CO_TRY(check_new_password(writing.wanted.password, account.name, account.email));
    writing.password_hash = CO_TRY(co_await hasher_.hash(std::move(writing.wanted.password)));
    co_return co_await db::transact(db_, db::Isolation::serializable,
                                    std::bind_front(&SignUps::write_other, this), writing);
}

Task<Result<Account>> SignUps::sign_up_by(std::string provider, std::string subject, SignUp wanted,
                                          bool admitted) {
    Writing writing{.wanted = CO_TRY(co_await admit(std::move(wanted), open_ || admitted)),
                    .provider = std::move(provider),
                    .subject = std::move(subject)};
    writing.way = writing.provider;
    co_return co_await db::transact(db_, db::Isolation::serializable,
                                    std::bind_front(&SignUps::write_other, this), writing);
}

Task<Result<Account>> SignUps::write_other(db::Transaction& tx, const Writing& writing) {
    auto made = CO_TRY(co_await insert(tx, writing));
    if (const auto& token = writing.wanted.invitation; !token.empty())
        CO_TRY(co_await invitations_.take(tx, token, made));
    CO_TRY(co_await tx.commit());
    co_return made;
}

Task<Result<Account>> SignUps::insert(db::Transaction& tx, const Writing& writing) {
    const auto email_key = name_key(writing.wanted.account.email);
    if (!email_key.empty()) {
        const auto taken = CO_TRY(co_await tx.query(
            "SELECT 1 FROM users WHERE email_key = $1 AND kind = 'user' LIMIT 1", {email_key}));
        if (!taken.empty())
            co_return fail(Code::conflict, "An account with this e-mail address exists already");
    }
    auto made = CO_TRY(co_await insert_account(tx, writing.wanted.account, false, clock_.now()));
    if (!writing.password_hash.empty())
        CO_TRY(co_await write_password(tx, made.id, writing.password_hash, clock_.now()));
    if (!writing.provider.empty())
        CO_TRY(co_await tx.query(
            "INSERT INTO identities (provider, subject, user_id, email, created_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            {writing.provider, writing.subject, made.id, made.email, made.created_at}));
    CO_TRY(co_await write_event(
        tx, made.created_at,
        {.what = event::kUserCreated, .user = made.id, .about = made.name, .detail = writing.way}));
    co_return made;
}

}  // namespace siahub::hub
