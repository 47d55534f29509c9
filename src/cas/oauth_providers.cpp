#include "cas/oauth_providers.hpp"

#include "auth/jwt.hpp"
#include "cas/json_body.hpp"
#include "core/encoding.hpp"
#include "crypto/digest.hpp"
#include "http/origin.hpp"

#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxAnswer = 1024 * 1024;
constexpr UnixMillis kKeepFor = 10LL * 60 * 1000;

std::string text_at(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// A refusal to give tokens: RFC 6749, 5.2 has it with status 400, GitHub with 200. A code that is
// used or too old is for the person to try again, everything else for who set the provider up.
std::optional<Error> refusal_in(const json::value& answer) {
    const auto* object = answer.if_object();
    const auto error = object == nullptr ? std::string() : text_at(*object, "error");
    if (error.empty()) return std::nullopt;
    const bool code = error == "invalid_grant" || error == "bad_verification_code";
    return Error{code ? Code::conflict : Code::unprocessable,
                 "the provider refused the code: " +
                     printable(error + ": " + text_at(*object, "error_description"))};
}

Failure odd(const OauthProvider& provider, std::string_view why) {
    return fail(Code::unprocessable, provider.id + " " + std::string(why));
}

std::string form_of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    std::string form;
    for (const auto& [name, value] : fields)
        form += fmt::format("{}{}={}", form.empty() ? "" : "&", name, percent_encode(value));
    return form;
}

std::string challenge_of(std::string_view verifier) {
    return to_base64url(sha256(as_bytes(verifier)));
}

std::string with_query(const std::string& url, const std::string& form) {
    return url + (url.contains('?') ? "&" : "?") + form;
}

// What an issuer that is reached by https names must be reached by it, too.
Result<std::string> endpoint_at(const OauthProvider& provider, const json::object& about,
                                std::string_view name) {
    auto url = text_at(about, name);
    if (url.empty()) return odd(provider, "does not say its " + std::string(name));
    if (provider.issuer.starts_with("https://") && !url.starts_with("https://"))
        return odd(provider, "has an unencrypted " + std::string(name));
    return url;
}

bool wants_secret_in_form(const json::object& about) {
    const auto* methods = about.if_contains("token_endpoint_auth_methods_supported");
    if (methods == nullptr || !methods->is_array()) return false;
    return std::ranges::none_of(methods->get_array(), [](const json::value& method) {
        return method == "client_secret_basic";
    });
}

bool is_true(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && (*value == true || *value == "true");
}

// The address that is the account's own and proven.
void take_primary_email(const json::value& emails, OauthPerson& person) {
    if (!emails.is_array()) return;
    for (const auto& item : emails.get_array()) {
        const auto* entry = item.if_object();
        if (entry == nullptr || !is_true(*entry, "primary")) continue;
        person.email = text_at(*entry, "email");
        person.email_verified = is_true(*entry, "verified");
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string shown(text.substr(0, 200));
    std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
    return shown;
}

json::array OauthProviders::list() const {
    json::array list;
    for (const auto& provider : providers_)
        list.push_back(json::object{{"id", provider.id},
                                    {"name", provider.name},
                                    {"startUrl", "/oauth/start/" + provider.id}});
    return list;
}

const OauthProvider* OauthProviders::find(std::string_view id) const {
    const auto found = std::ranges::find(providers_, id, &OauthProvider::id);
    return found == providers_.end() ? nullptr : &*found;
}

OauthProviders::Json OauthProviders::exchange(http::ClientRequest request) {
    request.headers.set("Accept", "application/json");
    request.headers.set("User-Agent", "SiaHub");
    auto answer = CO_TRY(co_await client_->send(std::move(request)));
    const auto body = CO_TRY(co_await answer.body->read_all(kMaxAnswer));
    json::error_code error;
    auto value = json::parse(body, error);
    if (!error && answer.status < 500)
        if (auto refusal = refusal_in(value)) co_return std::unexpected(*std::move(refusal));
    if (answer.status != 200)
        co_return fail(answer.status >= 500 ? Code::unavailable : Code::unprocessable,
                       fmt::format("the provider answered {}: {}", answer.status, printable(body)));
    if (error) co_return fail(Code::unprocessable, "the provider's answer is no JSON");
    co_return value;
}

OauthProviders::Json OauthProviders::get_json(std::string url, std::string bearer) {
    const auto where = CO_TRY(http::split_url(url));
    http::ClientRequest request;
    request.origin = where.origin;
    request.target = where.target;
    if (!bearer.empty()) request.headers.set("Authorization", "Bearer " + bearer);
    co_return co_await exchange(std::move(request));
}

OauthProviders::Json OauthProviders::post_form(const OauthProvider& provider, std::string url,
                                               std::string form, bool secret_in_header) {
    const auto where = CO_TRY(http::split_url(url));
    http::ClientRequest request;
    request.method = "POST";
    request.origin = where.origin;
    request.target = where.target;
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    if (secret_in_header) {
        const auto pair =
            percent_encode(provider.client_id) + ":" + percent_encode(provider.client_secret);
        request.headers.set("Authorization", "Basic " + to_base64(as_bytes(pair)));
    } else {
        form += "&" + form_of({{"client_id", provider.client_id},
                               {"client_secret", provider.client_secret}});
    }
    request.body = std::move(form);
    co_return co_await exchange(std::move(request));
}

Task<Result<json::object>> OauthProviders::kept(std::string url, bool afresh) {
    if (!afresh) {
        const std::scoped_lock guard(mutex_);
        const auto found = kept_.find(url);
        if (found != kept_.end() && found->second.until > clock_.now())
            co_return found->second.value;
    }
    auto value = CO_TRY(co_await get_json(url, ""));
    if (!value.is_object())
        co_return fail(Code::unprocessable, "the provider's answer is no object");
    auto object = std::move(value).as_object();
    const std::scoped_lock guard(mutex_);
    kept_.insert_or_assign(url, Kept{object, clock_.now() + kKeepFor});
    co_return object;
}

Task<Result<json::object>> OauthProviders::discover(const OauthProvider& provider) {
    auto about =
        CO_TRY(co_await kept(provider.issuer + "/.well-known/openid-configuration", false));
    const auto issuer = text_at(about, "issuer");
    if (issuer != provider.issuer && issuer != provider.issuer + "/")
        co_return odd(provider, "calls itself " + issuer + ", not as oauth.issuer says");
    co_return about;
}

Task<Result<std::string>> OauthProviders::question_url(const OauthProvider& provider,
                                                       OauthQuestion question) {
    auto url = provider.issuer + "/login/oauth/authorize";
    if (!provider.github) {
        const auto about = CO_TRY(co_await discover(provider));
        url = CO_TRY(endpoint_at(provider, about, "authorization_endpoint"));
    }
    auto form =
        form_of({{"response_type", "code"},
                 {"client_id", provider.client_id},
                 {"redirect_uri", question.redirect_uri},
                 {"scope", provider.github ? "read:user user:email" : "openid email profile"},
                 {"state", question.state},
                 {"code_challenge", challenge_of(question.verifier)},
                 {"code_challenge_method", "S256"}});
    if (!provider.github) form += "&" + form_of({{"nonce", question.nonce}});
    co_return with_query(url, form);
}

Task<Result<OauthPerson>> OauthProviders::redeem(const OauthProvider& provider, std::string code,
                                                 OauthQuestion question) {
    if (provider.github)
        co_return co_await redeem_github(provider, std::move(code), std::move(question));
    co_return co_await redeem_oidc(provider, std::move(code), std::move(question));
}

// Keys that are not known may be new ones.
Task<Result<json::object>> OauthProviders::checked_claims(const OauthProvider& provider,
                                                          std::string keys_url, std::string token) {
    auto claims = auth::verify_jwt(token, CO_TRY(co_await kept(keys_url, false)));
    if (!claims) claims = auth::verify_jwt(token, CO_TRY(co_await kept(keys_url, true)));
    if (!claims) co_return odd(provider, claims.error().message);
    co_return claims;
}

Task<Result<OauthPerson>> OauthProviders::redeem_oidc(const OauthProvider& provider,
                                                      std::string code, OauthQuestion question) {
    const auto about = CO_TRY(co_await discover(provider));
    auto form = form_of({{"grant_type", "authorization_code"},
                         {"code", code},
                         {"redirect_uri", question.redirect_uri},
                         {"code_verifier", question.verifier}});
    const auto answer =
        CO_TRY(co_await post_form(provider, CO_TRY(endpoint_at(provider, about, "token_endpoint")),
                                  std::move(form), !wants_secret_in_form(about)));
    if (!answer.is_object()) co_return odd(provider, "answered with something else than tokens");
    const auto claims =
        CO_TRY(co_await checked_claims(provider, CO_TRY(endpoint_at(provider, about, "jwks_uri")),
                                       text_at(answer.get_object(), "id_token")));
    const auto issuer = text_at(about, "issuer");
    CO_TRY(auth::check_claims(claims, {.issuer = issuer,
                                       .audience = provider.client_id,
                                       .nonce = question.nonce,
                                       .now = clock_.now()}));
    json::object profile = claims;
    // Many providers put only the subject into the token.
    if (text_at(claims, "email").empty() && !text_at(about, "userinfo_endpoint").empty()) {
        const auto told =
            CO_TRY(co_await get_json(CO_TRY(endpoint_at(provider, about, "userinfo_endpoint")),
                                     text_at(answer.get_object(), "access_token")));
        if (!told.is_object() || text_at(told.get_object(), "sub") != text_at(claims, "sub"))
            co_return odd(provider, "tells about somebody else");
        profile = told.get_object();
    }
    OauthPerson person{.subject = text_at(claims, "sub"),
                       .name = text_at(profile, "preferred_username"),
                       .fullname = text_at(profile, "name"),
                       .email = text_at(profile, "email"),
                       .email_verified = is_true(profile, "email_verified")};
    if (person.name.empty()) person.name = person.email;
    co_return person;
}

Task<Result<OauthPerson>> OauthProviders::redeem_github(const OauthProvider& provider,
                                                        std::string code, OauthQuestion question) {
    auto form = form_of({{"code", code},
                         {"redirect_uri", question.redirect_uri},
                         {"code_verifier", question.verifier}});
    const auto answer = CO_TRY(co_await post_form(
        provider, provider.issuer + "/login/oauth/access_token", std::move(form), false));
    const auto token =
        answer.is_object() ? text_at(answer.get_object(), "access_token") : std::string();
    if (token.empty()) co_return odd(provider, "gave no token for the code");
    const auto user = CO_TRY(co_await get_json(provider.api_url + "/user", token));
    const auto* id = user.is_object() ? user.get_object().if_contains("id") : nullptr;
    if (id == nullptr || !id->is_int64()) co_return odd(provider, "does not say who it is");
    OauthPerson person{.subject = json::serialize(*id),
                       .name = text_at(user.get_object(), "login"),
                       .fullname = text_at(user.get_object(), "name"),
                       .email = "",
                       .email_verified = false};
    const auto emails = provider.api_url + "/user/emails?per_page=100";
    take_primary_email(CO_TRY(co_await get_json(emails, token)), person);
    co_return person;
}

}  // namespace siahub::cas
