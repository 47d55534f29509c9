#include "cas/cookies.hpp"

#include "core/encoding.hpp"
#include "crypto/digest.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace siahub::cas {
namespace {

std::string csrf_by(const auth::SigningKey& key, RowId session_id) {
    const auto message = std::to_string(session_id);
    return to_base64url(hmac_sha256(key.secret, as_bytes(message)));
}

}  // namespace

std::string_view cookie(const http::Request& request, std::string_view name) {
    auto rest = request.header("cookie");
    while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        auto pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (pair.starts_with(' '))
            pair.remove_prefix(1);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
            return pair.substr(name.size() + 1);
    }
    return {};
}

void set_cookie(const http::Request& request, http::Response& response, std::string_view name,
                std::string_view value, std::chrono::seconds life) {
    const bool secure = request.base_url.starts_with("https://");
    response.headers.add(
        "Set-Cookie",
        fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", name, value,
                    value.empty() ? 0 : std::max<std::int64_t>(life.count(), 0),
                    secure ? "; Secure" : ""));
}

std::string csrf_token(const auth::LiveKeyRing& keys, RowId session_id) {
    return csrf_by(keys.keys(auth::Purpose::csrf)->front(), session_id);
}

bool csrf_matches(const auth::LiveKeyRing& keys, RowId session_id, std::string_view token) {
    const auto live = keys.keys(auth::Purpose::csrf);
    return std::ranges::any_of(*live, [&](const auth::SigningKey& key) {
        return constant_time_equal(as_bytes(csrf_by(key, session_id)), as_bytes(token));
    });
}

bool changes_something(http::Method method) {
    return method != http::Method::get && method != http::Method::head &&
           method != http::Method::options;
}

}  // namespace siahub::cas
