#include "hub/authenticator.hpp"

#include "db/lock_order.hpp"
#include "db/transact.hpp"
#include "hub/keys.hpp"

#include <limits>

namespace siahub::hub {
namespace {

constexpr std::size_t kMaxKeyLength = 256;

Failure wrong_key() {
    // The exact sentence by which clients tell a bad key from a hidden repository.
    return fail(Code::invalid_credentials, "Invalid credentials in Authorization header");
}

Task<Result<void>> write_last_used(db::Transaction& tx, const std::vector<db::Params>& batch) {
    CO_TRY(co_await tx.execute_many("UPDATE api_keys SET last_used_at = $1 WHERE id = $2", batch));
    co_return co_await tx.commit();
}

}  // namespace

std::size_t Authenticator::HashOfHash::operator()(const Sha256& hash) const noexcept {
    return load_le<std::size_t>(hash.data());  // already uniform
}

Authenticator::Authenticator(db::Database& database, const Clock& clock, SessionShare* share)
    : db_(database),
      clock_(clock),
      share_(share),
      anonymous_(std::make_shared<Caller>()),
      remembered_(clock, kMaxRemembered, kMaxStaleness) {}

Task<Result<CallerPtr>> Authenticator::authenticate(std::string_view key) {
    if (key.empty()) co_return anonymous_;
    if (key.size() > kMaxKeyLength) co_return wrong_key();
    const auto hash = Keys::hash(key);
    const auto known = remembered_.get(hash);
    if (known && known->expires_at > clock_.now()) co_return known->caller;
    if (share_ != nullptr)
        if (auto shared = co_await load_shared(hash)) co_return *std::move(shared);
    co_return co_await load(hash);
}

Task<std::optional<CallerPtr>> Authenticator::load_shared(const Sha256& hash) {
    auto found = co_await share_->find(hash);
    if (!found || found->session.expires_at <= clock_.now()) co_return std::nullopt;
    auto caller = found->session.caller;
    note_use(caller->key_id);
    const auto ttl = std::min<UnixMillis>(found->ttl.count(), kMaxStaleness);
    remembered_.put(hash, std::move(found->session), ttl);
    co_return caller;
}

Task<Result<CallerPtr>> Authenticator::load(const Sha256& hash) {
    const auto asked = clock_.now();
    auto session = CO_TRY(co_await query(hash));
    if (session.expires_at <= clock_.now()) co_return wrong_key();
    auto caller = session.caller;
    note_use(caller->key_id);
    const auto ttl = kMaxStaleness - std::max<UnixMillis>(clock_.now() - asked, 0);
    if (share_ != nullptr) co_await share_->put(hash, session, std::chrono::milliseconds(ttl));
    remembered_.put(hash, std::move(session), ttl);
    co_return caller;
}

Task<Result<Session>> Authenticator::query(const Sha256& hash) {
    const auto rows = CO_TRY(
        co_await db_.query("SELECT k.id, k.scope, k.expires_at, u.id, u.name, u.email"
                           " FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.hash = $1",
                           {ByteView(hash)}));
    if (rows.empty()) co_return wrong_key();
    const auto& row = rows.front();
    auto caller = std::make_shared<Caller>();
    caller->key_id = row.integer(0);
    caller->scope = parse_key_scope(row.text(1)).value_or(KeyScope::read);
    caller->user_id = row.integer(3);
    caller->name = row.text(4);
    caller->email = row.text(5);
    caller->memberships = CO_TRY(co_await memberships_of(caller->user_id));
    const auto expires_at =
        row.is_null(2) ? std::numeric_limits<UnixMillis>::max() : row.integer(2);
    co_return Session{std::move(caller), expires_at};
}

Task<void> Authenticator::forget(const Sha256& key_hash) {
    remembered_.erase(key_hash);
    if (share_ != nullptr) co_await share_->erase(key_hash);
}

Task<Result<std::vector<Membership>>> Authenticator::memberships_of(RowId user_id) {
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT m.org_id, u.name, m.role FROM org_members m JOIN users u ON u.id = m.org_id"
        " WHERE m.user_id = $1 ORDER BY u.name_key",
        {user_id}));
    std::vector<Membership> memberships;
    memberships.reserve(rows.size());
    for (const auto& row : rows)
        memberships.push_back(
            {row.integer(0), row.text(1), parse_org_role(row.text(2)).value_or(OrgRole::read)});
    co_return memberships;
}

// Only when a key is looked up afresh: every few seconds is exact enough, and cheaper.
void Authenticator::note_use(RowId key_id) {
    const std::scoped_lock guard(mutex_);
    last_used_[key_id] = clock_.now();
}

Task<Result<void>> Authenticator::flush_last_used() {
    std::unordered_map<RowId, UnixMillis> used;
    {
        const std::scoped_lock guard(mutex_);
        used.swap(last_used_);
    }
    if (used.empty()) co_return Result<void>{};
    std::vector<db::Params> batch;
    batch.reserve(used.size());
    for (const auto& [id, at] : used)
        batch.push_back({at, id});
    db::sort_by_integer(batch, 1);
    auto written =
        co_await db::transact(db_, db::Isolation::read_committed, write_last_used, batch);
    if (!written) {
        const std::scoped_lock guard(mutex_);
        last_used_.merge(used);  // keeps what was noted meanwhile: it is newer
    }
    co_return written;
}

}  // namespace siahub::hub
