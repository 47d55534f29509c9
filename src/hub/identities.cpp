#include "hub/identities.hpp"

#include "core/random.hpp"
#include "db/transact.hpp"
#include "hub/digest_column.hpp"
#include "hub/events.hpp"

namespace siahub::hub {
namespace {

constexpr std::size_t kStateLength = 43;
constexpr int kNamesTried = 50;

// What a provider calls somebody, as a name of this hub.
std::string as_name(std::string_view wanted) {
    std::string name;
    for (const char c : wanted.substr(0, std::min(wanted.find('@'), wanted.size()))) {
        const bool word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (word)
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
        if (name.size() >= 30) break;
    }
    while (name.ends_with('-'))
        name.pop_back();
    return name.empty() ? "user" : name;
}

}  // namespace

Task<Result<std::optional<KnownPerson>>> Identities::find(std::string provider,
                                                          std::string subject) {
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT u.id, u.name, u.fullname, u.email, u.created_at, u.disabled FROM identities i"
        " JOIN users u ON u.id = i.user_id WHERE i.provider = $1 AND i.subject = $2",
        {provider, subject}));
    if (rows.empty()) co_return std::nullopt;
    const auto& row = rows.front();
    co_return KnownPerson{.account = {.id = row.integer(0),
                                      .is_org = false,
                                      .name = row.text(1),
                                      .fullname = row.text(2),
                                      .email = row.text(3),
                                      .created_at = row.integer(4)},
                          .disabled = row.boolean(5)};
}

Task<Result<std::vector<OutsideIdentity>>> Identities::list(RowId user_id) {
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT provider, subject, email, created_at FROM identities WHERE user_id = $1"
        " ORDER BY created_at",
        {user_id}));
    std::vector<OutsideIdentity> found;
    found.reserve(rows.size());
    for (const auto& row : rows)
        found.push_back({.provider = row.text(0),
                         .subject = row.text(1),
                         .email = row.text(2),
                         .created_at = row.integer(3)});
    co_return found;
}

Task<Result<void>> Identities::link(RowId user_id, OutsideIdentity identity) {
    const auto rows = CO_TRY(co_await change_and_write(
        db_, clock_.now(),
        {"INSERT INTO identities (provider, subject, user_id, email, created_at)"
         " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (provider, subject) DO UPDATE"
         " SET email = excluded.email WHERE identities.user_id = excluded.user_id"
         " RETURNING user_id",
         {identity.provider, identity.subject, user_id, identity.email, clock_.now()}},
        {.what = event::kIdentityLinked, .user = user_id, .about = identity.provider}));
    if (rows.empty())
        co_return fail(Code::conflict, "This account stands for another user of this hub already");
    co_return Result<void>{};
}

Task<Result<void>> Identities::unlink(RowId user_id, std::string provider) {
    co_return co_await db::transact(db_, db::Isolation::serializable,
                                    std::bind_front(&Identities::delete_identity, this), user_id,
                                    provider);
}

Task<Result<void>> Identities::delete_identity(db::Transaction& tx, RowId user_id,
                                               const std::string& provider) {
    const auto gone = CO_TRY(co_await tx.query(
        "DELETE FROM identities WHERE user_id = $1 AND provider = $2 RETURNING subject",
        {user_id, provider}));
    if (gone.empty()) co_return fail(Code::not_found, "No account of this provider is linked");
    const auto left =
        CO_TRY(co_await tx.query("SELECT 1 FROM identities WHERE user_id = $1 UNION ALL"
                                 " SELECT 1 FROM passwords WHERE user_id = $1 LIMIT 1",
                                 {user_id}));
    if (left.empty())
        co_return fail(Code::conflict, "It is the only way to sign in; set a password first");
    CO_TRY(co_await write_event(
        tx, clock_.now(), {.what = event::kIdentityUnlinked, .user = user_id, .about = provider}));
    co_return co_await tx.commit();
}

Task<Result<bool>> Identities::email_taken(std::string email) {
    const auto key = name_key(email);
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT 1 FROM users WHERE email_key = $1 AND kind = 'user' LIMIT 1", {key}));
    co_return !rows.empty();
}

Task<Result<std::string>> Identities::free_name(std::string wanted) {
    const auto base = as_name(wanted);
    for (int i = 1; i <= kNamesTried; ++i) {
        const auto name = i == 1 ? base : base + "-" + std::to_string(i);
        if (!check_account_name(name, Naming::strict)) continue;
        const auto key = name_key(name);
        if ((CO_TRY(co_await db_.query("SELECT 1 FROM users WHERE name_key = $1", {key}))).empty())
            co_return name;
    }
    co_return base.substr(0, 20) + "-" + name_key(random_alphanumeric(6));
}

Task<Result<std::string>> OauthStates::create(OauthState state) {
    const auto text = random_alphanumeric(kStateLength);
    const auto digest = sha256(as_bytes(text));
    CO_TRY(co_await db_.execute(
        "INSERT INTO oauth_state (hash, provider, browser, verifier, nonce, next, invitation,"
        " link_user, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        {ByteView(digest), state.provider, ByteView(state.browser), state.verifier, state.nonce,
         state.next, state.invitation, state.link_user, clock_.now() + kLife}));
    co_return text;
}

Task<Result<OauthState>> OauthStates::take(std::string text, std::string provider, Sha256 browser) {
    const auto digest = sha256(as_bytes(text));
    const auto rows = CO_TRY(co_await db_.execute(
        "DELETE FROM oauth_state WHERE hash = $1 AND provider = $2 AND browser = $3"
        " AND expires_at > $4 RETURNING verifier, nonce, next, invitation, link_user",
        {ByteView(digest), provider, ByteView(browser), clock_.now()}));
    if (rows.empty())
        co_return fail(Code::not_found, "This sign-in took too long or began in another browser");
    const auto& row = rows.front();
    co_return OauthState{.provider = std::move(provider),
                         .browser = browser,
                         .verifier = row.text(0),
                         .nonce = row.text(1),
                         .next = row.text(2),
                         .invitation = row.text(3),
                         .link_user = row.integer(4)};
}

Task<Result<void>> OauthStates::remove_expired() {
    CO_TRY(co_await db_.execute("DELETE FROM oauth_state WHERE expires_at <= $1", {clock_.now()}));
    co_return Result<void>{};
}

}  // namespace siahub::hub
