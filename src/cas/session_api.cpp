#include "cas/session_api.hpp"

#include "cas/cookies.hpp"
#include "cas/json_body.hpp"
#include "cas/oauth_providers.hpp"
#include "cas/path_id.hpp"
#include "cas/sign_in.hpp"
#include "core/encoding.hpp"
#include "hub/authenticator.hpp"
#include "hub/passwords.hpp"
#include "hub/sessions.hpp"
#include "hub/sign_ups.hpp"
#include "store/store.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

Task<Result<json::value>> user_json(const Services& services, const std::string& name,
                                    bool is_admin) {
    const auto account = CO_TRY(co_await services.accounts.find(name));
    json::array orgs;
    for (const auto& org : CO_TRY(co_await services.accounts.orgs_of(account.id)))
        orgs.push_back(json::object{{"name", org.account.name},
                                    {"fullname", org.account.fullname},
                                    {"role", hub::to_string(org.role)}});
    co_return json::object{{"name", account.name},
                           {"fullname", account.fullname},
                           {"email", account.email},
                           {"isAdmin", is_admin},
                           {"orgs", std::move(orgs)}};
}

// What GET /api/session says of this caller.
Task<Result<std::string>> session_text(const Services& services, const http::Request& request,
                                       hub::CallerPtr caller) {
    const auto& sign_in = *services.sign_in;
    json::value user;
    std::string csrf;
    if (!caller->anonymous())
        user = CO_TRY(co_await user_json(services, caller->name, caller->is_admin));
    if (caller->session_id != 0) csrf = csrf_token(services.store.keys, caller->session_id);
    const auto setup = CO_TRY(co_await sign_in.sign_ups.setup_needed());
    co_return json::serialize(json::object{
        {"user", std::move(user)},
        {"csrf", csrf},
        {"providers", sign_in.oauth == nullptr ? json::array{} : sign_in.oauth->list()},
        {"registrationOpen", sign_in.sign_ups.open()},
        {"setupNeeded", setup},
        {"hub", {{"version", sign_in.version}, {"endpoint", request.base_url}}}});
}

// The word for programs, by what this kind of call can fail with.
http::Response sign_up_refusal(const Error& error) {
    switch (error.code) {
        case Code::not_found:
            return refusal({Code::forbidden, error.message}, "InvalidLink");
        case Code::forbidden:
            return refusal(error, "RegistrationClosed");
        case Code::conflict:
            return refusal(error, error.message.contains("administrator") ? "SetupDone"
                                  : error.message.contains("e-mail")      ? "EmailTaken"
                                                                          : "NameTaken");
        case Code::invalid_argument:
            return refusal(error,
                           error.message.contains("password") ? "WeakPassword" : "InvalidName");
        default:
            return refusal(error, "");
    }
}

struct Posted {
    json::object body;
    std::optional<http::Response> refused{};
};

// The body of a call by somebody who has no session, with a turn of the limits taken.
Task<Result<Posted>> read_posted(Call& call, std::string_view account_field) {
    if (auto foreign = refuse_cross_site(call.http)) co_return Posted{{}, std::move(foreign)};
    auto body = CO_TRY(co_await read_json_object(call.http));
    auto account =
        account_field.empty() ? std::string() : CO_TRY(required_string(body, account_field));
    auto refused = co_await refuse_attempt(call.services, call.http, std::move(account));
    co_return Posted{std::move(body), std::move(refused)};
}

Result<hub::SignUp> parse_sign_up(const json::object& body) {
    hub::SignUp wanted;
    wanted.account.name = TRY(required_string(body, "name"));
    wanted.account.email = TRY(optional_string(body, "email")).value_or("");
    wanted.account.fullname = TRY(optional_string(body, "fullname")).value_or("");
    wanted.password = TRY(required_string(body, "password"));
    wanted.invitation = TRY(optional_string(body, "invitation")).value_or("");
    return wanted;
}

// Signs the browser in as this account, and says what GET /api/session does.
Answer signed_in(const Call& call, const hub::Account& account) {
    auto response = private_json("");
    const auto issued = CO_TRY(co_await start_session(call, account.id, "", response));
    auto caller = CO_TRY(co_await call.services.authenticator.authenticate_session(issued.cookie));
    response.body = CO_TRY(co_await session_text(call.services, call.http, std::move(caller)));
    co_return response;
}

}  // namespace

Answer get_session(Call& call) {
    auto response =
        private_json(CO_TRY(co_await session_text(call.services, call.http, call.caller)));
    if (call.caller->session_id == 0) {
        // One that has ended is of no more use to the browser.
        if (!cookie(call.http, kSessionCookie).empty() && call.caller->anonymous())
            set_cookie(call.http, response, kSessionCookie, "", {});
        co_return response;
    }
    const auto issued =
        CO_TRY(co_await call.services.sign_in->sessions.rotate(call.caller->session_id));
    if (issued) set_session_cookie(call.services, call.http, *issued, response);
    co_return response;
}

Answer sign_in(Call& call) {
    auto posted = CO_TRY(co_await read_posted(call, "name"));
    if (posted.refused) co_return *std::move(posted.refused);
    auto name = CO_TRY(required_string(posted.body, "name"));
    auto password = CO_TRY(required_string(posted.body, "password"));
    const auto account = co_await call.services.sign_in->passwords.check(name, std::move(password));
    if (!account && account.error().code == Code::invalid_credentials) {
        co_await note_failed_sign_in(call, std::move(name));
        co_return refusal(account.error(), "InvalidCredentials");
    }
    if (!account) co_return std::unexpected(account.error());
    co_return co_await signed_in(call, *account);
}

Answer sign_out(Call& call) {
    CO_TRY(require_session(call));
    CO_TRY(co_await call.services.sign_in->sessions.sign_out(call.caller->user_id,
                                                             call.caller->session_id));
    auto response = no_content();
    set_cookie(call.http, response, kSessionCookie, "", {});
    co_return response;
}

Answer list_sessions(Call& call) {
    if (call.caller->anonymous()) co_return fail(Code::unauthorized, "Sign in first");
    json::array list;
    for (const auto& entry :
         CO_TRY(co_await call.services.sign_in->sessions.list(call.caller->user_id)))
        list.push_back(json::object{{"id", std::to_string(entry.id)},
                                    {"createdAt", to_iso8601(entry.created_at)},
                                    {"lastUsedAt", to_iso8601(entry.last_used_at)},
                                    {"expiresAt", to_iso8601(entry.expires_at)},
                                    {"address", entry.address},
                                    {"userAgent", entry.user_agent},
                                    {"current", entry.id == call.caller->session_id}});
    co_return private_json(json::serialize(list));
}

Answer end_session(Call& call) {
    CO_TRY(require_writer(call));
    const auto id = CO_TRY(path_id(call, 0));
    CO_TRY(co_await call.services.sign_in->sessions.revoke(call.caller->user_id, id));
    co_return no_content();
}

Answer end_other_sessions(Call& call) {
    CO_TRY(require_writer(call));
    CO_TRY(co_await call.services.sign_in->sessions.revoke_others(call.caller->user_id,
                                                                  call.caller->session_id));
    co_return no_content();
}

Answer set_up(Call& call) {
    auto posted = CO_TRY(co_await read_posted(call, ""));
    if (posted.refused) co_return *std::move(posted.refused);
    auto wanted = CO_TRY(parse_sign_up(posted.body));
    auto token = CO_TRY(required_string(posted.body, "token"));
    const auto made =
        co_await call.services.sign_in->sign_ups.set_up(std::move(token), std::move(wanted));
    if (!made) co_return sign_up_refusal(made.error());
    co_return co_await signed_in(call, *made);
}

Answer register_account(Call& call) {
    auto posted = CO_TRY(co_await read_posted(call, ""));
    if (posted.refused) co_return *std::move(posted.refused);
    auto wanted = CO_TRY(parse_sign_up(posted.body));
    const auto made = co_await call.services.sign_in->sign_ups.sign_up(std::move(wanted));
    if (!made) co_return sign_up_refusal(made.error());
    co_return co_await signed_in(call, *made);
}

Answer show_invitation(Call& call) {
    auto token = CO_TRY(percent_decode(call.http.captures[0]));
    const auto found = co_await call.services.sign_in->invitations.find(std::move(token));
    if (!found && found.error().code == Code::not_found)
        co_return refusal(found.error(), "InvalidLink");
    if (!found) co_return std::unexpected(found.error());
    co_return private_json(json::serialize(invitation_json(*found)));
}

Answer change_password(Call& call) {
    CO_TRY(require_session(call));
    const auto body = CO_TRY(co_await read_json_object(call.http));
    auto current = CO_TRY(optional_string(body, "current")).value_or("");
    auto wanted = CO_TRY(required_string(body, "new"));
    if (auto refused = co_await refuse_attempt(call.services, call.http, call.caller->name))
        co_return *std::move(refused);
    const auto& sign_in = *call.services.sign_in;
    const auto account = CO_TRY(co_await call.services.accounts.find(call.caller->name));
    const auto changed = co_await sign_in.passwords.change(
        account, std::move(current), std::move(wanted), call.caller->session_id);
    if (!changed && changed.error().code == Code::invalid_credentials)
        co_return refusal(changed.error(), "InvalidCredentials");
    if (!changed && changed.error().code == Code::invalid_argument)
        co_return refusal(changed.error(), "WeakPassword");
    if (!changed) co_return std::unexpected(changed.error());
    auto response = no_content();
    const auto issued = CO_TRY(co_await sign_in.sessions.rotate(call.caller->session_id, true));
    if (issued) set_session_cookie(call.services, call.http, *issued, response);
    co_return response;
}

Answer reset_password(Call& call) {
    auto posted = CO_TRY(co_await read_posted(call, ""));
    if (posted.refused) co_return *std::move(posted.refused);
    auto token = CO_TRY(required_string(posted.body, "token"));
    auto wanted = CO_TRY(required_string(posted.body, "new"));
    const auto reset =
        co_await call.services.sign_in->passwords.reset(std::move(token), std::move(wanted));
    if (!reset) co_return sign_up_refusal(reset.error());
    co_return no_content();
}

}  // namespace siahub::cas
