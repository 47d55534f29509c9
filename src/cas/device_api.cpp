#include "cas/device_api.hpp"

#include "cas/json_body.hpp"
#include "cas/key_api.hpp"
#include "cas/sign_in.hpp"
#include "core/encoding.hpp"
#include "http/query.hpp"
#include "hub/device_codes.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:device_code";
constexpr std::size_t kMaxForm = 16 * 1024;

// RFC 6749, 5.2: not the errors of the Hub API.
http::Response oauth_error(std::string_view code, std::string_view description) {
    auto response = private_json(
        json::serialize(json::object{{"error", code}, {"error_description", description}}));
    response.status = 400;
    return response;
}

Task<Result<std::string>> user_code_of(Call& call) {
    CO_TRY(require_session(call));
    co_return percent_decode(call.http.captures[0]);
}

}  // namespace

Answer start_device(Call& call) {
    if (auto refused = co_await refuse_attempt(call.services, call.http, ""))
        co_return *std::move(refused);
    const auto code = CO_TRY(co_await call.services.sign_in->devices.start(
        call.http.peer_address, std::string(call.http.header("user-agent"))));
    co_return private_json(json::serialize(json::object{
        {"device_code", code.secret},
        {"user_code", code.user_code},
        {"verification_uri", page_url(call.http, "/device")},
        {"verification_uri_complete", page_url(call.http, "/device?user_code=" + code.user_code)},
        {"expires_in", hub::DeviceCodes::kLife / 1000},
        {"interval", hub::DeviceCodes::kInterval}}));
}

Answer poll_device(Call& call) {
    const auto form = CO_TRY(co_await call.http.body->read_all(kMaxForm));
    if (http::form_value(form, "grant_type") != kGrant)
        co_return oauth_error("unsupported_grant_type",
                              "Only device codes are exchanged here; run `hf auth login` again");
    const auto secret = http::form_value(form, "device_code");
    if (!secret) co_return oauth_error("invalid_request", "device_code is missing");
    const auto poll = CO_TRY(co_await call.services.sign_in->devices.poll(*secret));
    switch (poll.state) {
        case hub::DeviceState::asked:
            co_return oauth_error("authorization_pending", "Nobody has agreed yet");
        case hub::DeviceState::too_soon:
            co_return oauth_error("slow_down", "Ask less often");
        case hub::DeviceState::refused:
            co_return oauth_error("access_denied", "The person refused");
        case hub::DeviceState::gone:
            co_return oauth_error("expired_token", "The code was used, is too old or never was");
        case hub::DeviceState::agreed:
            break;
    }
    const auto& key = *poll.key;
    json::object answer{{"access_token", key.text},
                        {"token_type", "bearer"},
                        {"scope", hub::to_string(key.key.scope)}};
    if (key.key.expires_at)
        answer["expires_in"] = (*key.key.expires_at - call.services.clock.now()) / 1000;
    co_return private_json(json::serialize(answer));
}

Answer show_device(Call& call) {
    auto code = CO_TRY(co_await user_code_of(call));
    // Codes are short: guessing has to be slow.
    if (auto refused = co_await refuse_attempt(call.services, call.http, call.caller->name))
        co_return *std::move(refused);
    const auto found = CO_TRY(co_await call.services.sign_in->devices.find(std::move(code)));
    co_return private_json(
        json::serialize(json::object{{"userCode", found.user_code},
                                     {"address", found.address},
                                     {"userAgent", found.user_agent},
                                     {"createdAt", to_iso8601(found.created_at)},
                                     {"expiresAt", to_iso8601(found.expires_at)}}));
}

Answer answer_device(Call& call) {
    auto code = CO_TRY(co_await user_code_of(call));
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto agreed = CO_TRY(optional_bool(body, "approve"));
    if (!agreed) co_return fail(Code::invalid_argument, "\"approve\" is missing");
    const auto now = call.services.clock.now();
    hub::DeviceAnswer answer{.agreed = *agreed, .key = {}};
    answer.key.user_id = call.caller->user_id;
    answer.key.label = CO_TRY(optional_string(body, "name"))
                           .value_or("hf auth login, " + to_iso8601(now).substr(0, 16));
    CO_TRY(hub::check_key_label(answer.key.label));
    const auto scope =
        hub::parse_key_scope(CO_TRY(optional_string(body, "scope")).value_or("write"));
    if (!scope)
        co_return fail(Code::invalid_argument, "\"scope\" must be one of read, write, admin");
    CO_TRY(check_new_scope(*call.caller, *scope));
    answer.key.scope = *scope;
    answer.key.expires_at = CO_TRY(parse_expiry(CO_TRY(optional_string(body, "expiresAt")), now));
    if (auto refused = co_await refuse_attempt(call.services, call.http, call.caller->name))
        co_return *std::move(refused);
    CO_TRY(co_await call.services.sign_in->devices.answer(std::move(code), std::move(answer)));
    co_return no_content();
}

}  // namespace siahub::cas
