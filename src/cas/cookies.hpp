#pragma once
// The cookies of browsers and what a page must send along with them. A cookie comes with every
// request to the hub, also with one that another site caused: therefore a call that changes
// something needs the session's CSRF token too, which other sites cannot read. Pure.

#include "auth/live_key_ring.hpp"
#include "core/ids.hpp"
#include "http/message.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace siahub::cas {

inline constexpr std::string_view kSessionCookie = "siahub_session";
// Of a browser that is at another provider; it may come back only with this.
inline constexpr std::string_view kOauthCookie = "siahub_oauth";

// "" when there is none. The view is into the request.
std::string_view cookie(const http::Request& request, std::string_view name);
// Secure where clients reach the hub by https. No value: the browser forgets it.
void set_cookie(const http::Request& request, http::Response& response, std::string_view name,
                std::string_view value, std::chrono::seconds life);

// Goes with the session, not with its cookie: pages that are open survive a rotation.
std::string csrf_token(const auth::LiveKeyRing& keys, RowId session_id);
[[nodiscard]] bool csrf_matches(const auth::LiveKeyRing& keys, RowId session_id,
                                std::string_view token);
// Calls that only look need no token.
[[nodiscard]] bool changes_something(http::Method method);

}  // namespace siahub::cas
