#include "hub/authenticator.hpp"

#include "db/lock_order.hpp"
#include "db/transact.hpp"
#include "hub/digest_column.hpp"
#include "hub/keys.hpp"
#include "hub/sessions.hpp"

#include <limits>

namespace siahub::hub {
namespace {

constexpr std::size_t kMaxKeyLength = 256;

Failure wrong_key() {
    // The exact sentence by which clients tell a bad key from a hidden repository.
    return fail(Code::invalid_credentials, "Invalid credentials in Authorization header");
}

std::vector<db::Params> batch_of(const std::unordered_map<RowId, UnixMillis>& used) {
    std::vector<db::Params> batch;
    batch.reserve(used.size());
    for (const auto& [id, at] : used)
        batch.push_back({at, id});
    db::sort_by_integer(batch, 1);
    return batch;
}

struct Batches {
    std::vector<db::Params> keys, sessions, users;
};

Task<Result<void>> write_last_used(db::Transaction& tx, const Batches& batches) {
    CO_TRY(co_await tx.execute_many("UPDATE api_keys SET last_used_at = $1 WHERE id = $2",
                                    batches.keys));
    CO_TRY(co_await tx.execute_many("UPDATE sessions SET last_used_at = $1 WHERE id = $2",
                                    batches.sessions));
    CO_TRY(co_await tx.execute_many("UPDATE users SET last_seen_at = $1 WHERE id = $2",
                                    batches.users));
    co_return co_await tx.commit();
}

}  // namespace

std::size_t Authenticator::HashOfHash::operator()(const Sha256& hash) const noexcept {
    return load_le<std::size_t>(hash.data());  // already uniform
}

Authenticator::Authenticator(db::Database& database, const Clock& clock, SessionShare* share,
                             SessionLife life)
    : db_(database),
      clock_(clock),
      share_(share),
      life_(life),
      anonymous_(std::make_shared<Caller>()),
      remembered_(clock, kMaxRemembered, kMaxStaleness) {}

Task<Result<CallerPtr>> Authenticator::authenticate(std::string_view key) {
    if (key.empty()) co_return anonymous_;
    if (key.size() > kMaxKeyLength) co_return wrong_key();
    co_return co_await find(Keys::hash(key), &Authenticator::query_key);
}

Task<Result<CallerPtr>> Authenticator::authenticate_session(std::string_view cookie) {
    if (cookie.empty() || cookie.size() > kMaxKeyLength) co_return wrong_key();
    co_return co_await find(Sessions::hash(cookie), &Authenticator::query_session);
}

Task<Result<CallerPtr>> Authenticator::find(Sha256 hash, Query query) {
    const auto known = remembered_.get(hash);
    if (known && known->expires_at > clock_.now()) co_return known->caller;
    if (share_ != nullptr)
        if (auto shared = co_await load_shared(hash)) co_return *std::move(shared);
    co_return co_await load(hash, query);
}

Task<std::optional<CallerPtr>> Authenticator::load_shared(const Sha256& hash) {
    auto found = co_await share_->find(hash);
    if (!found || found->session.expires_at <= clock_.now()) co_return std::nullopt;
    auto caller = found->session.caller;
    note_use(*caller);
    const auto ttl = std::min<UnixMillis>(found->ttl.count(), kMaxStaleness);
    remembered_.put(hash, std::move(found->session), ttl);
    co_return caller;
}

Task<Result<CallerPtr>> Authenticator::load(const Sha256& hash, Query query) {
    const auto asked = clock_.now();
    auto session = CO_TRY(co_await (this->*query)(hash));
    if (session.expires_at <= clock_.now()) co_return wrong_key();
    auto caller = session.caller;
    note_use(*caller);
    const auto ttl = kMaxStaleness - std::max<UnixMillis>(clock_.now() - asked, 0);
    if (share_ != nullptr) co_await share_->put(hash, session, std::chrono::milliseconds(ttl));
    remembered_.put(hash, std::move(session), ttl);
    co_return caller;
}

Task<Result<Session>> Authenticator::query_key(const Sha256& hash) {
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT k.id, k.scope, k.expires_at, u.id, u.name, u.email, u.is_admin"
        " FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.hash = $1 AND u.disabled = 0",
        {ByteView(hash)}));
    if (rows.empty()) co_return wrong_key();
    const auto& row = rows.front();
    auto caller = std::make_shared<Caller>();
    caller->key_id = row.integer(0);
    caller->scope = parse_key_scope(row.text(1)).value_or(KeyScope::read);
    caller->user_id = row.integer(3);
    caller->name = row.text(4);
    caller->email = row.text(5);
    caller->is_admin = row.boolean(6);
    if (!caller->is_admin) caller->scope = std::min(caller->scope, KeyScope::write);
    caller->memberships = CO_TRY(co_await memberships_of(caller->user_id));
    const auto expires_at =
        row.is_null(2) ? std::numeric_limits<UnixMillis>::max() : row.integer(2);
    co_return Session{std::move(caller), expires_at};
}

// Each look-up is by one index, and the second is for the moment after a rotation only.
Task<Result<Session>> Authenticator::query_session(const Sha256& hash) {
    auto rows = CO_TRY(
        co_await db_.query("SELECT s.id, s.last_used_at, s.expires_at, u.id, u.name, u.email,"
                           " u.is_admin FROM sessions s JOIN users u ON u.id = s.user_id"
                           " WHERE s.hash = $1 AND u.disabled = 0",
                           {ByteView(hash)}));
    if (rows.empty())
        rows = CO_TRY(co_await db_.query(
            "SELECT s.id, s.last_used_at, s.expires_at, u.id, u.name, u.email, u.is_admin"
            " FROM sessions s JOIN users u ON u.id = s.user_id"
            " WHERE s.previous_hash = $1 AND s.rotated_at > $2 AND u.disabled = 0",
            {ByteView(hash), clock_.now() - Sessions::kRotationGrace}));
    if (rows.empty()) co_return wrong_key();
    const auto& row = rows.front();
    auto caller = std::make_shared<Caller>();
    caller->session_id = row.integer(0);
    caller->user_id = row.integer(3);
    caller->name = row.text(4);
    caller->email = row.text(5);
    caller->is_admin = row.boolean(6);
    caller->scope = caller->is_admin ? KeyScope::admin : KeyScope::write;
    caller->memberships = CO_TRY(co_await memberships_of(caller->user_id));
    const auto idle = std::chrono::duration_cast<std::chrono::milliseconds>(life_.idle).count();
    co_return Session{std::move(caller), std::min(row.integer(1) + idle, row.integer(2))};
}

Task<void> Authenticator::forget(const Sha256& key_hash) {
    remembered_.erase(key_hash);
    if (share_ != nullptr) co_await share_->erase(key_hash);
}

Task<void> Authenticator::forget_all(std::vector<Sha256> hashes) {
    for (const auto& hash : hashes)
        co_await forget(hash);
}

Task<Result<void>> Authenticator::forget_user(RowId user_id) {
    const auto rows =
        CO_TRY(co_await db_.query("SELECT hash FROM api_keys WHERE user_id = $1 UNION ALL"
                                  " SELECT hash FROM sessions WHERE user_id = $1",
                                  {user_id}));
    for (const auto& row : rows)
        co_await forget(digest_column(row, 0));
    co_return Result<void>{};
}

Task<Result<std::vector<Membership>>> Authenticator::memberships_of(RowId user_id) {
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT m.org_id, u.name, m.role FROM org_members m JOIN users u ON u.id = m.org_id"
        " WHERE m.user_id = $1 AND u.kind = 'org' ORDER BY u.name_key",
        {user_id}));
    std::vector<Membership> memberships;
    memberships.reserve(rows.size());
    for (const auto& row : rows)
        memberships.push_back(
            {row.integer(0), row.text(1), parse_org_role(row.text(2)).value_or(OrgRole::read)});
    co_return memberships;
}

// Only when one is looked up afresh: every few seconds is exact enough, and cheaper.
void Authenticator::note_use(const Caller& caller) {
    const std::scoped_lock guard(mutex_);
    if (caller.key_id != 0) uses_.keys[caller.key_id] = clock_.now();
    if (caller.session_id != 0) uses_.sessions[caller.session_id] = clock_.now();
    uses_.users[caller.user_id] = clock_.now();
}

Task<Result<void>> Authenticator::flush_last_used() {
    Uses used;
    {
        const std::scoped_lock guard(mutex_);
        std::swap(used, uses_);
    }
    if (used.users.empty()) co_return Result<void>{};
    const Batches batches{.keys = batch_of(used.keys),
                          .sessions = batch_of(used.sessions),
                          .users = batch_of(used.users)};
    auto written =
        co_await db::transact(db_, db::Isolation::read_committed, write_last_used, batches);
    if (!written) {
        const std::scoped_lock guard(mutex_);
        // Keeps what was noted meanwhile: it is newer.
        uses_.keys.merge(used.keys);
        uses_.sessions.merge(used.sessions);
        uses_.users.merge(used.users);
    }
    co_return written;
}

}  // namespace siahub::hub
