#include "hub/keys.hpp"

#include "core/ids.hpp"
#include "core/random.hpp"
#include "hub/digest_column.hpp"
#include "hub/events.hpp"

#include <algorithm>

#define SIAHUB_KEY_COLUMNS "id, user_id, label, prefix, scope, created_at, expires_at, last_used_at"

namespace siahub::hub {
namespace {

constexpr std::string_view kKeyPrefix = "hf_";
constexpr std::size_t kRandomLength = 34;
constexpr std::size_t kShownLength = 7;  // "hf_" and 4 of 34: tells keys apart, gives nothing away
constexpr std::size_t kMinImportLength = 8;
constexpr std::size_t kMaxKeyLength = 256;
constexpr std::size_t kMaxLabelLength = 200;

std::optional<UnixMillis> optional_time(const db::Row& row, std::size_t column) {
    if (row.is_null(column)) return std::nullopt;
    return row.integer(column);
}

db::Param param(std::optional<UnixMillis> time) {
    if (!time) return nullptr;
    return *time;
}

ApiKey key_from_row(const db::Row& row) {
    return {.id = row.integer(0),
            .user_id = row.integer(1),
            .label = row.text(2),
            .prefix = row.text(3),
            .scope = parse_key_scope(row.text(4)).value_or(KeyScope::read),
            .created_at = row.integer(5),
            .expires_at = optional_time(row, 6),
            .last_used_at = optional_time(row, 7)};
}

// Of RETURNING hash, label, scope.
void name_key_of(const db::Rows& gone, NewEvent& event) {
    event.about = gone.front().text(1);
    event.detail = gone.front().text(2);
}

Result<void> check_text(std::string_view text) {
    if (text.size() < kMinImportLength || text.size() > kMaxKeyLength ||
        !std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; }))
        return fail(Code::invalid_argument, "A key has 8 to 256 visible ASCII characters");
    return {};
}

}  // namespace

Result<void> check_key_label(std::string_view label) {
    if (label.size() > kMaxLabelLength || !is_valid_utf8(label))
        return fail(Code::invalid_argument, "A label is UTF-8 text of at most 200 bytes");
    return {};
}

Sha256 Keys::hash(std::string_view text) {
    return sha256(as_bytes(text));
}

Task<Result<IssuedKey>> Keys::create(NewKey key) {
    auto text = std::string(kKeyPrefix) + random_alphanumeric(kRandomLength);
    auto stored = CO_TRY(co_await store(std::move(key), text));
    co_return IssuedKey{std::move(stored), std::move(text)};
}

Task<Result<ApiKey>> Keys::import(NewKey key, std::string text) {
    CO_TRY(check_text(text));
    co_return co_await store(std::move(key), std::move(text));
}

Task<Result<ApiKey>> Keys::store(NewKey key, std::string text) {
    CO_TRY(check_key_label(key.label));
    const auto user = CO_TRY(
        co_await db_.query("SELECT 1 FROM users WHERE id = $1 AND kind = 'user'", {key.user_id}));
    if (user.empty())
        co_return fail(Code::not_found, "Keys belong to users; there is no such user");
    const auto digest = hash(text);
    // A short imported key must not stand in the list as a whole.
    const auto shown = text.substr(0, std::min(kShownLength, text.size() / 2));
    const auto now = clock_.now();
    const auto rows = CO_TRY(co_await change_and_write(
        db_, now,
        {"INSERT INTO api_keys (id, user_id, hash, label, prefix, scope, created_at, expires_at)"
         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
         " ON CONFLICT (hash) DO UPDATE SET label = excluded.label, scope = excluded.scope,"
         " expires_at = excluded.expires_at WHERE api_keys.user_id = excluded.user_id"
         " RETURNING " SIAHUB_KEY_COLUMNS,
         {new_row_id(now), key.user_id, ByteView(digest), key.label, shown, to_string(key.scope),
          now, param(key.expires_at)}},
        {.what = event::kKeyCreated,
         .user = key.user_id,
         .about = key.label,
         .detail = std::string(to_string(key.scope))}));
    if (rows.empty()) co_return fail(Code::conflict, "This key belongs to another user already");
    co_return key_from_row(rows.front());
}

Task<Result<std::vector<ApiKey>>> Keys::list(RowId user_id) {
    const auto rows = CO_TRY(co_await db_.query("SELECT " SIAHUB_KEY_COLUMNS
                                                " FROM api_keys WHERE user_id = $1 ORDER BY id",
                                                {user_id}, db::Weight::scan));
    std::vector<ApiKey> keys;
    keys.reserve(rows.size());
    for (const auto& row : rows)
        keys.push_back(key_from_row(row));
    co_return keys;
}

Task<Result<Sha256>> Keys::revoke(RowId user_id, RowId key_id) {
    const auto rows = CO_TRY(co_await change_and_write(
        db_, clock_.now(),
        {"DELETE FROM api_keys WHERE id = $1 AND user_id = $2 RETURNING hash, label, scope",
         {key_id, user_id}},
        {.what = event::kKeyRevoked, .user = user_id}, name_key_of));
    if (rows.empty()) co_return fail(Code::not_found, "This user has no such key");
    co_return digest_column(rows.front(), 0);
}

}  // namespace siahub::hub
