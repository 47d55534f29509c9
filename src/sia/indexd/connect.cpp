#include "sia/indexd/connect.hpp"

#include "sia/indexd/json_reader.hpp"

#include <boost/json/serialize.hpp>

namespace siahub::sia::indexd {
namespace {

namespace json = boost::json;

json::object to_json(const AppInfo& app) {
    return {{"appID", app.id.hex()},          {"name", app.name},
            {"description", app.description}, {"serviceURL", app.service_url},
            {"logoURL", app.logo_url},        {"callbackURL", app.callback_url}};
}

// "…/auth/connect/ID"
Result<std::string> request_id(std::string_view url) {
    auto id = std::string(url.substr(url.find_last_of('/') + 1));
    const bool is_hex = id.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (id.empty() || id.size() > 64 || !is_hex)
        return fail(Code::unprocessable, "indexd sent no connection request.");
    return id;
}

}  // namespace

Task<ApiResult<std::unique_ptr<ConnectRequest>>> ConnectRequest::make(
    http::Client& client, AppApiOptions options, AppInfo app, const Clock& clock,
    std::optional<Ed25519PrivateKey> preauthorized) {
    const auto ephemeral = Ed25519PrivateKey::random();
    auto api = CO_TRY(SignedEndpoint::open(client, options, ephemeral, clock));
    std::unique_ptr<ConnectRequest> request(new ConnectRequest(std::move(api)));
    auto body = to_json(app);
    if (preauthorized) {
        const auto key = public_key_of(*preauthorized);
        const auto hash = preauthorization_hash(public_key_of(ephemeral), app, key);
        body["preAuthorizedKey"] = to_text(key);
        body["preAuthorizationSignature"] = sign_hash(*preauthorized, hash).hex();
    }
    const auto answer = CO_TRY(co_await request->api_.ask(
        {.method = "POST", .path = "/auth/connect", .body = json::serialize(body)}));
    JsonObject in(answer, "a connection request");
    request->approval_url_ = in.required("responseURL").text("responseURL");
    request->expires_at_ = in.time("expiration");
    CO_TRY(in.status());
    request->id_ = CO_TRY(request_id(request->approval_url_));
    co_return request;
}

Task<ApiResult<ConnectStatus>> ConnectRequest::status() const {
    const auto answer = CO_TRY(co_await api_.ask({.path = "/auth/connect/" + id_ + "/status"}));
    JsonObject in(answer, "the state of a connection request");
    ConnectStatus status{.approved = in.flag("approved"), .reconnecting = in.flag("reconnecting")};
    if (status.approved) status.user_secret = in.required("userSecret").hex<Hash256>("userSecret");
    CO_TRY(in.status());
    co_return status;
}

Task<ApiResult<void>> ConnectRequest::register_key(Ed25519PrivateKey app_key) const {
    const auto hash = register_hash(public_key_of(api_.key()), id_);
    const json::object body{{"appKey", to_text(public_key_of(app_key))},
                            {"signature", sign_hash(app_key, hash).hex()}};
    co_return co_await api_.order({.method = "POST",
                                   .path = "/auth/connect/" + id_ + "/register",
                                   .body = json::serialize(body)});
}

Task<ApiResult<void>> answer_request(http::Client& client, std::string approval_url,
                                     std::string connect_key, bool approve) {
    const auto endpoint = CO_TRY(Endpoint::parse(client, approval_url));
    CO_TRY(co_await endpoint.send(
        {.method = "POST",
         .body = json::serialize(json::object{{"approve", approve}}),
         .authorization = "Basic " + to_base64(as_bytes(":" + connect_key))}));
    co_return ApiResult<void>{};
}

}  // namespace siahub::sia::indexd
