#pragma once
// How processes of one deployment know each other: a bearer token that whoever has the key file can
// make, good for one route ("POST /internal/xet-token") and about a minute. Nothing in a request
// without one is believed. Text: "int_" + base64url(expiry in Unix milliseconds, HMAC-SHA256).
// Clocks may differ by kInternalLeeway. Thread-safe.

#include "auth/live_key_ring.hpp"
#include "core/clock.hpp"

#include <string>
#include <string_view>

namespace siahub::auth {

inline constexpr UnixMillis kInternalLife = 60'000;
inline constexpr UnixMillis kInternalLeeway = 60'000;

class InternalTokens {
  public:
    InternalTokens(LiveKeyRing keys, const Clock& clock) : keys_(std::move(keys)), clock_(clock) {}

    [[nodiscard]] std::string sign(std::string_view audience) const;
    // Errors: forbidden.
    [[nodiscard]] Result<void> check(std::string_view audience, std::string_view token) const;

  private:
    LiveKeyRing keys_;
    const Clock& clock_;
};

}  // namespace siahub::auth
