#include "cas/sign_in.hpp"

#include "cas/cookies.hpp"
#include "cas/errors.hpp"
#include "cas/limits.hpp"
#include "core/encoding.hpp"
#include "hub/events.hpp"
#include "hub/invitations.hpp"
#include "hub/names.hpp"
#include "hub/sessions.hpp"
#include "kv/rate_limiter.hpp"
#include "store/store.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace {

constexpr kv::Rate kFailuresOfOne{.requests = 1, .window = std::chrono::minutes(1)};
constexpr kv::Rate kFailuresOfAll{.requests = 20, .window = std::chrono::minutes(1)};

std::string_view authority_of(std::string_view url) {
    const auto scheme = url.find("://");
    return scheme == std::string_view::npos ? url : url.substr(scheme + 3);
}

std::optional<http::Response> refuse_turn(const kv::Turn& turn) {
    if (turn.allowed) return std::nullopt;
    const auto seconds =
        std::max<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(turn.reset).count(), 1);
    auto response = refusal(
        {Code::too_many_requests, fmt::format("Too many attempts; try again in {} s", seconds)},
        "TooManyAttempts");
    response.headers.set("Retry-After", std::to_string(seconds));
    return response;
}

Task<std::optional<http::Response>> take_turn(const Services& services, std::string key,
                                              kv::Rate rate) {
    if (rate.requests == 0) co_return std::nullopt;
    auto turn = services.limiter.take_now(key, rate);
    if (!turn) turn = co_await services.limiter.take(key, rate);
    co_return refuse_turn(*turn);
}

// Not the text itself: it is as long as a stranger likes.
std::string digest_of(std::string_view text) {
    const auto digest = sha256(as_bytes(text));
    return to_hex(ByteView(digest).first(16));
}

}  // namespace

http::Response refusal(const Error& error, std::string_view error_code) {
    auto response = error_response(error, false);
    if (!error_code.empty()) response.headers.set("X-Error-Code", error_code);
    response.headers.set("Cache-Control", "no-store");
    // Browsers would ask for a password of their own.
    response.headers.remove("WWW-Authenticate");
    return response;
}

std::optional<http::Response> refuse_cross_site(const http::Request& request) {
    const auto site = request.header("sec-fetch-site");
    const auto origin = request.header("origin");
    const bool foreign =
        site.empty() ? !origin.empty() && authority_of(origin) != authority_of(request.base_url) &&
                           authority_of(origin) != request.header("host")
                     : site != "same-origin" && site != "none";
    if (foreign)
        return refusal({Code::forbidden,
                        "Another site caused this call. If this page is the hub's"
                        " own, its proxy does not pass the Host header on"},
                       "CrossSite");
    if (!request.header("content-type").starts_with("application/json"))
        return refusal({Code::invalid_argument, "Content-Type must be application/json"},
                       "CrossSite");
    return std::nullopt;
}

Task<std::optional<http::Response>> refuse_attempt(const Services& services,
                                                   const http::Request& request,
                                                   std::string account) {
    const auto& sign_in = *services.sign_in;
    auto refused = co_await take_turn(services, "sign-in:" + network_of(request.peer_address),
                                      sign_in.per_address);
    if (!refused && !account.empty()) {
        refused = co_await take_turn(services, "sign-in-to:" + digest_of(hub::name_key(account)),
                                     sign_in.per_account);
    }
    if (refused) services.refusals.sign_in.add();
    co_return refused;
}

std::string page_url(const http::Request& request, std::string_view path_and_query) {
    return request.base_url + std::string(path_and_query);
}

Result<void> require_session(const Call& call) {
    if (call.caller->anonymous()) return fail(Code::unauthorized, "Sign in first");
    if (call.caller->session_id == 0)
        return fail(Code::forbidden, "This needs somebody who signed in with a browser, not a key");
    return {};
}

Result<void> require_writer(const Call& call) {
    if (call.caller->anonymous()) return fail(Code::unauthorized, "Sign in first");
    if (call.caller->scope == hub::KeyScope::read)
        return fail(Code::forbidden, "This key has read scope and may not change anything");
    return {};
}

http::Response no_content() {
    http::Response response;
    response.status = 204;
    return response;
}

http::Response private_json(std::string body) {
    auto response = json_response(std::move(body));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

boost::json::object invitation_json(const hub::Invitation& invitation) {
    const bool has_org = !invitation.org.empty();
    boost::json::object shown{{"email", nullptr},
                              {"org", nullptr},
                              {"role", nullptr},
                              {"invitedBy", invitation.invited_by},
                              {"expiresAt", to_iso8601(invitation.expires_at)}};
    if (!invitation.email.empty()) shown["email"] = invitation.email;
    if (has_org) shown["org"] = invitation.org;
    if (has_org) shown["role"] = hub::to_string(invitation.role);
    return shown;
}

void set_session_cookie(const Services& services, const http::Request& request,
                        const hub::IssuedSession& issued, http::Response& response) {
    set_cookie(request, response, kSessionCookie, issued.cookie,
               std::chrono::seconds((issued.expires_at - services.clock.now()) / 1000));
}

Task<Result<hub::IssuedSession>> start_session(const Call& call, RowId user_id,
                                               std::string provider, http::Response& response) {
    auto issued = CO_TRY(co_await call.services.sign_in->sessions.create(
        {.user_id = user_id,
         .address = call.http.peer_address,
         .user_agent = std::string(call.http.header("user-agent")),
         .provider = std::move(provider),
         .replaced = call.caller->session_id}));
    set_session_cookie(call.services, call.http, issued, response);
    co_return issued;
}

Task<void> note_failed_sign_in(const Call& call, std::string name) {
    const auto& services = call.services;
    const auto key = fmt::format("sign-in-failed:{}:{}", network_of(call.http.peer_address),
                                 digest_of(hub::name_key(name)));
    if (co_await take_turn(services, key, kFailuresOfOne)) co_return;
    if (co_await take_turn(services, "sign-in-failed", kFailuresOfAll)) co_return;
    const auto written = co_await hub::write_event(services.database, services.clock.now(),
                                                   {.what = hub::event::kSignInFailed,
                                                    .about = hub::shown_name(name),
                                                    .detail = call.http.peer_address});
    if (!written) services.log.warn("event.lost", {{"cause", written.error().message}});
}

}  // namespace siahub::cas
