#include "cas/oauth_api.hpp"

#include "cas/cookies.hpp"
#include "cas/oauth_providers.hpp"
#include "cas/sign_in.hpp"
#include "core/encoding.hpp"
#include "core/random.hpp"
#include "hub/identities.hpp"
#include "hub/passwords.hpp"
#include "hub/sessions.hpp"
#include "hub/sign_ups.hpp"
#include "store/store.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::size_t kSecretLength = 43;
constexpr std::chrono::seconds kBrowserLife{10 * 60};
constexpr std::size_t kMaxNext = 2000;

http::Response redirect(const std::string& location) {
    http::Response response;
    response.status = 302;
    response.headers.set("Location", location);
    response.headers.set("Cache-Control", "no-store");
    return response;
}

// A path of this hub and nothing that a browser takes for another host.
std::string safe_next(std::optional<std::string> next) {
    const bool path = next && next->starts_with('/') && !next->starts_with("//") &&
                      !next->contains('\\') && next->size() <= kMaxNext && is_valid_utf8(*next) &&
                      std::ranges::none_of(*next, [](char c) {
                          return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
                      });
    return path ? *std::move(next) : "/";
}

http::Response failed(std::string_view error, std::string_view next) {
    return redirect(fmt::format("/login?error={}&next={}", error, percent_encode(next)));
}

void log_cause(const Services& services, const http::Request& request, const Error& cause) {
    services.log.warn(
        "oauth.failed",
        {{"path", request.path}, {"request_id", request.request_id}, {"cause", cause.message}});
}

const OauthProvider* provider_of(const Call& call) {
    const auto* oauth = call.services.sign_in->oauth;
    return oauth == nullptr ? nullptr : oauth->find(call.http.captures[0]);
}

std::string redirect_uri(const Call& call, const OauthProvider& provider) {
    return page_url(call.http, "/oauth/callback/" + provider.id);
}

// What went wrong for a person, as /login explains it.
std::string_view sign_up_error(const Error& error) {
    switch (error.code) {
        case Code::forbidden:
            return "registration_closed";
        case Code::not_found:
            return "invitation_invalid";
        case Code::conflict:
            return "account_exists";
        default:
            return "answer_invalid";
    }
}

std::string_view redeem_error(const Error& error) {
    switch (error.code) {
        case Code::conflict:
            return "code_refused";
        case Code::unprocessable:
            return "answer_invalid";
        default:
            return "provider_unavailable";
    }
}

// As RFC 6749, 4.1.2.1 has it; from whoever sent the browser, so it goes to the log alone.
Error refusal_of(const Call& call) {
    const auto said = call.http.query_value("error").value_or("nothing") + ": " +
                      call.http.query_value("error_description").value_or("");
    return {Code::forbidden, "the provider refused: " + printable(said)};
}

struct Entered {
    RowId user_id = 0;
    std::string_view error{};
};

Task<Result<Entered>> link(Call& call, const OauthProvider& provider, const OauthPerson& person,
                           RowId user_id) {
    const auto linked = co_await call.services.sign_in->identities.link(
        user_id, {.provider = provider.id, .subject = person.subject, .email = person.email});
    if (!linked && linked.error().code == Code::conflict)
        co_return Entered{.error = "already_linked"};
    if (!linked) co_return std::unexpected(linked.error());
    co_return Entered{.user_id = user_id};
}

// Nobody this hub knows. An address that somebody has already is no proof of being him: whoever
// has both accounts signs in to the one here and links the other.
Task<Result<Entered>> sign_up(Call& call, const OauthProvider& provider, OauthPerson person,
                              std::string invitation) {
    const auto& sign_in = *call.services.sign_in;
    if (!person.email_verified || person.email.empty())
        co_return Entered{.error = "email_unverified"};
    if (CO_TRY(co_await sign_in.identities.email_taken(person.email)))
        co_return Entered{.error = "account_exists"};
    hub::SignUp wanted;
    wanted.account.name = CO_TRY(co_await sign_in.identities.free_name(person.name));
    wanted.account.fullname = person.fullname;
    wanted.account.email = person.email;
    wanted.invitation = std::move(invitation);
    const auto made = co_await sign_in.sign_ups.sign_up_by(provider.id, person.subject,
                                                           std::move(wanted), provider.sign_up);
    if (!made && made.error().code == Code::unavailable) co_return std::unexpected(made.error());
    if (!made) log_cause(call.services, call.http, made.error());
    if (!made) co_return Entered{.error = sign_up_error(made.error())};
    co_return Entered{.user_id = made->id};
}

Task<Result<Entered>> enter(Call& call, const OauthProvider& provider, OauthPerson person,
                            const hub::OauthState& state) {
    const auto& sign_in = *call.services.sign_in;
    if (state.link_user != 0) co_return co_await link(call, provider, person, state.link_user);
    const auto known = CO_TRY(co_await sign_in.identities.find(provider.id, person.subject));
    if (known && known->disabled) co_return Entered{.error = "account_disabled"};
    if (known) co_return Entered{.user_id = known->account.id};
    co_return co_await sign_up(call, provider, std::move(person), state.invitation);
}

Answer finish(Call& call, const OauthProvider& provider, const hub::OauthState& state) {
    const auto code = call.http.query_value("code");
    if (!code) {
        log_cause(call.services, call.http, refusal_of(call));
        co_return failed("provider_refused", state.next);
    }
    auto person = co_await call.services.sign_in->oauth->redeem(
        provider, *code,
        {.state = "",
         .nonce = state.nonce,
         .verifier = state.verifier,
         .redirect_uri = redirect_uri(call, provider)});
    if (!person) {
        log_cause(call.services, call.http, person.error());
        co_return failed(redeem_error(person.error()), state.next);
    }
    const auto entered = CO_TRY(co_await enter(call, provider, *std::move(person), state));
    if (!entered.error.empty()) co_return failed(entered.error, state.next);
    auto response = redirect(state.next);
    set_cookie(call.http, response, kOauthCookie, "", {});
    if (state.link_user == 0)
        CO_TRY(co_await start_session(call, entered.user_id, provider.id, response));
    co_return response;
}

}  // namespace

Answer start_oauth(Call& call) {
    const auto next = safe_next(call.http.query_value("next"));
    const auto* provider = provider_of(call);
    if (provider == nullptr) co_return failed("provider_unknown", next);
    if (auto refused = co_await refuse_attempt(call.services, call.http, ""))
        co_return failed("too_many_attempts", next);
    // Another site can send a browser here, but cannot know this token: else it could have its own
    // identity linked to somebody's account.
    const auto token = call.http.query_value("link");
    const bool links = token && call.caller->session_id != 0 &&
                       csrf_matches(call.services.store.keys, call.caller->session_id, *token);
    if (token && !links) co_return failed("state_invalid", next);
    std::string browser(cookie(call.http, kOauthCookie));
    if (browser.size() != kSecretLength) browser = random_alphanumeric(kSecretLength);
    OauthQuestion question{.state = "",
                           .nonce = random_alphanumeric(kSecretLength),
                           .verifier = random_alphanumeric(kSecretLength),
                           .redirect_uri = redirect_uri(call, *provider)};
    question.state = CO_TRY(co_await call.services.sign_in->oauth_states.create(
        {.provider = provider->id,
         .browser = sha256(as_bytes(browser)),
         .verifier = question.verifier,
         .nonce = question.nonce,
         .next = next,
         .invitation = call.http.query_value("invitation").value_or(""),
         .link_user = links ? call.caller->user_id : 0}));
    auto url = co_await call.services.sign_in->oauth->question_url(*provider, std::move(question));
    if (!url) log_cause(call.services, call.http, url.error());
    if (!url) co_return failed("provider_unavailable", next);
    auto response = redirect(*std::move(url));
    set_cookie(call.http, response, kOauthCookie, browser, kBrowserLife);
    co_return response;
}

Answer finish_oauth(Call& call) {
    const auto* provider = provider_of(call);
    if (provider == nullptr) co_return failed("provider_unknown", "/");
    const auto browser = sha256(as_bytes(cookie(call.http, kOauthCookie)));
    const auto state = co_await call.services.sign_in->oauth_states.take(
        call.http.query_value("state").value_or(""), provider->id, browser);
    if (!state && state.error().code == Code::not_found) co_return failed("state_invalid", "/");
    if (!state) co_return std::unexpected(state.error());
    co_return co_await finish(call, *provider, *state);
}

Answer list_identities(Call& call) {
    if (call.caller->anonymous()) co_return fail(Code::unauthorized, "Sign in first");
    const auto& sign_in = *call.services.sign_in;
    json::array list;
    for (const auto& identity : CO_TRY(co_await sign_in.identities.list(call.caller->user_id))) {
        const auto* provider =
            sign_in.oauth == nullptr ? nullptr : sign_in.oauth->find(identity.provider);
        list.push_back(
            json::object{{"provider", identity.provider},
                         {"name", provider == nullptr ? identity.provider : provider->name},
                         {"email", identity.email},
                         {"createdAt", to_iso8601(identity.created_at)}});
    }
    const auto has_password = CO_TRY(co_await sign_in.passwords.exists(call.caller->user_id));
    co_return private_json(json::serialize(
        json::object{{"hasPassword", has_password}, {"identities", std::move(list)}}));
}

Answer unlink_identity(Call& call) {
    CO_TRY(require_session(call));
    auto provider = CO_TRY(percent_decode(call.http.captures[0]));
    CO_TRY(co_await call.services.sign_in->identities.unlink(call.caller->user_id,
                                                             std::move(provider)));
    co_return no_content();
}

}  // namespace siahub::cas
