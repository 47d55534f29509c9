#include "hub/device_codes.hpp"

#include "core/random.hpp"

#include <algorithm>

namespace siahub::hub {
namespace {

// No vowels, so that no words come about, and nothing that looks like something else.
constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t kHalf = 4;
constexpr std::size_t kSecretLength = 43;
constexpr std::size_t kMaxAgent = 200;

std::string new_user_code() {
    std::string code;
    for (const char c : random_alphanumeric(512)) {
        const auto letter = kLetters.find(c);
        if (letter == std::string_view::npos) continue;
        if (code.size() == kHalf) code += '-';
        code += c;
        if (code.size() == 2 * kHalf + 1) break;
    }
    return code;
}

// As it was shown, whatever was typed; "" for what cannot be one.
std::string canonical(std::string_view typed) {
    std::string code;
    for (const char c : typed) {
        if (c == '-' || c == ' ') continue;
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (!kLetters.contains(upper) || code.size() > 2 * kHalf) return "";
        if (code.size() == kHalf) code += '-';
        code += upper;
    }
    return code;
}

std::string shown_agent(std::string_view text) {
    std::string shown(text.substr(0, kMaxAgent));
    std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
    return shown;
}

Failure no_such_code() {
    return fail(Code::not_found,
                "No program waits with this code; it may have expired. Start again there");
}

db::Param param(std::optional<UnixMillis> time) {
    if (!time) return nullptr;
    return *time;
}

}  // namespace

Task<Result<DeviceCode>> DeviceCodes::start(std::string address, std::string user_agent) {
    const DeviceCode code{.secret = random_alphanumeric(kSecretLength),
                          .user_code = new_user_code()};
    const auto digest = sha256(as_bytes(code.secret));
    const auto agent = shown_agent(user_agent);
    const auto now = clock_.now();
    CO_TRY(co_await db_.execute(
        "INSERT INTO device_codes (hash, user_code, state, user_id, scope, label, address,"
        " user_agent, created_at, expires_at, polled_at)"
        " VALUES ($1, $2, 'asked', 0, 'read', '', $3, $4, $5, $6, 0)",
        {ByteView(digest), code.user_code, address, agent, now, now + kLife}));
    co_return code;
}

Task<Result<DeviceRequest>> DeviceCodes::find(std::string user_code) {
    const auto code = canonical(user_code);
    const auto rows = CO_TRY(co_await db_.query(
        "SELECT user_code, address, user_agent, created_at, expires_at FROM device_codes"
        " WHERE user_code = $1 AND state = 'asked' AND expires_at > $2",
        {code, clock_.now()}));
    if (rows.empty()) co_return no_such_code();
    const auto& row = rows.front();
    co_return DeviceRequest{.user_code = row.text(0),
                            .address = row.text(1),
                            .user_agent = row.text(2),
                            .created_at = row.integer(3),
                            .expires_at = row.integer(4)};
}

Task<Result<void>> DeviceCodes::answer(std::string user_code, DeviceAnswer answer) {
    const auto code = canonical(user_code);
    const std::string_view state = answer.agreed ? "agreed" : "refused";
    const auto rows = CO_TRY(co_await db_.execute(
        "UPDATE device_codes SET state = $1, user_id = $2, scope = $3, label = $4,"
        " key_expires_at = $5 WHERE user_code = $6 AND state = 'asked' AND expires_at > $7"
        " RETURNING user_code",
        {state, answer.key.user_id, to_string(answer.key.scope), answer.key.label,
         param(answer.key.expires_at), code, clock_.now()}));
    if (rows.empty()) co_return no_such_code();
    co_return Result<void>{};
}

Task<Result<DevicePoll>> DeviceCodes::poll(std::string secret) {
    const auto digest = sha256(as_bytes(secret));
    const auto now = clock_.now();
    // One statement takes what was agreed, so that of two polls one has the key.
    const auto agreed = CO_TRY(
        co_await db_.execute("DELETE FROM device_codes WHERE hash = $1 AND state = 'agreed'"
                             " AND expires_at > $2 RETURNING user_id, scope, label, key_expires_at",
                             {ByteView(digest), now}));
    if (!agreed.empty()) {
        const auto& row = agreed.front();
        NewKey wanted;
        wanted.user_id = row.integer(0);
        wanted.scope = parse_key_scope(row.text(1)).value_or(KeyScope::read);
        wanted.label = row.text(2);
        if (!row.is_null(3)) wanted.expires_at = row.integer(3);
        co_return DevicePoll{DeviceState::agreed, CO_TRY(co_await keys_.create(std::move(wanted)))};
    }
    const auto rows = CO_TRY(
        co_await db_.query("SELECT state, polled_at, expires_at FROM device_codes WHERE hash = $1",
                           {ByteView(digest)}));
    if (rows.empty() || rows.front().integer(2) <= now) co_return DevicePoll{DeviceState::gone};
    if (rows.front().text(0) == "refused") co_return DevicePoll{DeviceState::refused};
    const bool too_soon = rows.front().integer(1) > now - kInterval * 1000 / 2;
    CO_TRY(co_await db_.execute("UPDATE device_codes SET polled_at = $1 WHERE hash = $2",
                                {now, ByteView(digest)}));
    co_return DevicePoll{too_soon ? DeviceState::too_soon : DeviceState::asked};
}

Task<Result<void>> DeviceCodes::remove_expired() {
    CO_TRY(co_await db_.execute("DELETE FROM device_codes WHERE expires_at <= $1", {clock_.now()}));
    co_return Result<void>{};
}

}  // namespace siahub::hub
