#pragma once
// Programs without a browser ask for a key (RFC 8628): the program shows a short code, a person who
// is signed in types it and agrees, and the program, which polls with a long secret, gets an API
// key. Any thread. Errors: not_found (no such code, answered already, too old).

#include "hub/keys.hpp"

namespace siahub::hub {

struct DeviceCode {
    std::string secret;     // what the program polls with
    std::string user_code;  // "BCDF-GHJK"
};

struct DeviceRequest {
    std::string user_code, address, user_agent;
    UnixMillis created_at = 0, expires_at = 0;
};

// What the person says.
struct DeviceAnswer {
    bool agreed = false;
    NewKey key;  // whose, and what it may do
};

enum class DeviceState { asked, too_soon, refused, gone, agreed };

struct DevicePoll {
    DeviceState state = DeviceState::gone;
    std::optional<IssuedKey> key{};  // when agreed
};

class DeviceCodes {
  public:
    static constexpr UnixMillis kLife = 15LL * 60 * 1000;
    static constexpr std::int64_t kInterval = 2;  // seconds between polls

    DeviceCodes(db::Database& database, const Clock& clock, Keys& keys)
        : db_(database), clock_(clock), keys_(keys) {}

    Task<Result<DeviceCode>> start(std::string address, std::string user_agent);
    // `user_code` in any case, with or without dash.
    Task<Result<DeviceRequest>> find(std::string user_code);
    Task<Result<void>> answer(std::string user_code, DeviceAnswer answer);
    // The key is handed out once.
    Task<Result<DevicePoll>> poll(std::string secret);
    Task<Result<void>> remove_expired();

  private:
    db::Database& db_;
    const Clock& clock_;
    Keys& keys_;
};

}  // namespace siahub::hub
