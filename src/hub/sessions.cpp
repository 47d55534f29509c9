#include "hub/sessions.hpp"

#include "core/random.hpp"
#include "db/transact.hpp"
#include "hub/digest_column.hpp"
#include "hub/events.hpp"

namespace siahub::hub {
namespace {

constexpr std::size_t kCookieLength = 43;  // 256 bits
constexpr std::size_t kMaxAgentLength = 200;

UnixMillis milliseconds(std::chrono::seconds time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

// A header says what it likes: printable ASCII of it is shown in a list.
std::string shown_agent(std::string_view text) {
    std::string shown(text.substr(0, kMaxAgentLength));
    std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
    return shown;
}

// The hashes come first.
void name_program(const db::Rows& ended, NewEvent& event) {
    event.detail = ended.front().text(2);
}

void count_ended(const db::Rows& ended, NewEvent& event) {
    event.detail = std::to_string(ended.size());
}

}  // namespace

// Not the hash that a key of the same text has: a cookie is no key, and a key no cookie.
Sha256 Sessions::hash(std::string_view cookie) {
    Sha256Hasher hasher;
    hasher.update(as_bytes("session cookie\n"));
    hasher.update(as_bytes(cookie));
    return hasher.finish();
}

Task<Result<IssuedSession>> Sessions::create(NewSession session) {
    const auto now = clock_.now();
    IssuedSession issued{.id = new_row_id(now),
                         .cookie = random_alphanumeric(kCookieLength),
                         .expires_at = now + milliseconds(life_.most)};
    auto replaced =
        CO_TRY(co_await db::transact(db_, db::Isolation::read_committed,
                                     std::bind_front(&Sessions::insert, this), session, issued));
    CO_TRY(co_await forget_ended(std::move(replaced)));
    co_return issued;
}

// What it replaced.
Task<Result<db::Rows>> Sessions::insert(db::Transaction& tx, const NewSession& session,
                                        const IssuedSession& issued) {
    const auto now = clock_.now();
    auto replaced = CO_TRY(co_await tx.query(
        "DELETE FROM sessions WHERE id = $1 RETURNING hash, previous_hash", {session.replaced}));
    const auto digest = hash(issued.cookie);
    const auto agent = shown_agent(session.user_agent);
    CO_TRY(co_await tx.query(
        "INSERT INTO sessions (id, user_id, hash, rotated_at, created_at, last_used_at, expires_at,"
        " address, user_agent) VALUES ($1, $2, $3, $4, $4, $4, $5, $6, $7)",
        {issued.id, session.user_id, ByteView(digest), now, issued.expires_at, session.address,
         agent}));
    CO_TRY(co_await write_event(tx, now,
                                {.what = event::kSignIn,
                                 .user = session.user_id,
                                 .about = session.provider,
                                 .detail = session.address}));
    CO_TRY(co_await tx.commit());
    co_return replaced;
}

UnixMillis Sessions::idle_since() const {
    return clock_.now() - milliseconds(life_.idle);
}

Task<Result<std::vector<SessionEntry>>> Sessions::list(RowId user_id) {
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT id, created_at, last_used_at, expires_at, address, user_agent FROM sessions"
        " WHERE user_id = $1 AND expires_at > $2 AND last_used_at > $3"
        " ORDER BY last_used_at DESC, id DESC",
        {user_id, clock_.now(), idle_since()}, db::Weight::scan));
    std::vector<SessionEntry> entries;
    entries.reserve(rows.size());
    for (const auto& row : rows)
        entries.push_back({.id = row.integer(0),
                           .created_at = row.integer(1),
                           .last_used_at = row.integer(2),
                           .expires_at = row.integer(3),
                           .address = row.text(4),
                           .user_agent = row.text(5)});
    co_return entries;
}

Task<Result<std::optional<IssuedSession>>> Sessions::rotate(RowId id, bool always) {
    IssuedSession issued{.id = id, .cookie = random_alphanumeric(kCookieLength)};
    const auto digest = hash(issued.cookie);
    const auto before = always ? clock_.now() + 1 : clock_.now() - kRotateAfter;
    const auto rows = CO_TRY(
        co_await db_.execute("UPDATE sessions SET previous_hash = hash, hash = $1, rotated_at = $2"
                             " WHERE id = $3 AND rotated_at < $4 RETURNING expires_at",
                             {ByteView(digest), clock_.now(), id, before}));
    if (rows.empty()) co_return std::nullopt;
    issued.expires_at = rows.front().integer(0);
    co_return issued;
}

Task<Result<void>> Sessions::sign_out(RowId user_id, RowId id) {
    return end(user_id, id, event::kSignOut);
}

Task<Result<void>> Sessions::revoke(RowId user_id, RowId id) {
    return end(user_id, id, event::kSessionRevoked);
}

Task<Result<void>> Sessions::end(RowId user_id, RowId id, std::string_view what) {
    auto rows = CO_TRY(co_await change_and_write(
        db_, clock_.now(),
        {"DELETE FROM sessions WHERE id = $1 AND user_id = $2"
         " RETURNING hash, previous_hash, user_agent",
         {id, user_id}},
        {.what = what, .user = user_id}, what == event::kSignOut ? nullptr : name_program));
    if (rows.empty()) co_return fail(Code::not_found, "This user has no such session");
    co_return co_await forget_ended(std::move(rows));
}

Task<Result<void>> Sessions::revoke_others(RowId user_id, RowId kept) {
    auto rows = CO_TRY(co_await change_and_write(
        db_, clock_.now(),
        {"DELETE FROM sessions WHERE user_id = $1 AND id <> $2 RETURNING hash, previous_hash",
         {user_id, kept}},
        {.what = event::kSessionsRevoked, .user = user_id}, count_ended));
    co_return co_await forget_ended(std::move(rows));
}

Task<Result<void>> Sessions::end_others(RowId user_id, RowId kept) {
    auto rows =
        CO_TRY(co_await db_.execute("DELETE FROM sessions WHERE user_id = $1 AND id <> $2"
                                    " RETURNING hash, previous_hash",
                                    {user_id, kept}));
    co_return co_await forget_ended(std::move(rows));
}

Task<Result<void>> Sessions::forget_ended(db::Rows rows) {
    for (const auto& row : rows) {
        co_await authenticator_.forget(digest_column(row, 0));
        if (!row.is_null(1)) co_await authenticator_.forget(digest_column(row, 1));
    }
    co_return Result<void>{};
}

Task<Result<void>> Sessions::remove_expired() {
    CO_TRY(co_await db_.execute("DELETE FROM sessions WHERE expires_at <= $1 OR last_used_at <= $2",
                                {clock_.now(), idle_since()}));
    co_return Result<void>{};
}

}  // namespace siahub::hub
