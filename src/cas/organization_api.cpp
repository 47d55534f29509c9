#include "cas/organization_api.hpp"

#include "cas/account_api.hpp"
#include "cas/json_body.hpp"
#include "cas/sign_in.hpp"
#include "core/encoding.hpp"
#include "hub/accounts.hpp"
#include "hub/authenticator.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace {

struct OrgAndUser {
    hub::Account org, user;
};

Task<Result<OrgAndUser>> open_member(Call& call) {
    CO_TRY(require_writer(call));
    auto& accounts = call.services.accounts;
    OrgAndUser found;
    found.org = CO_TRY(co_await accounts.find(CO_TRY(percent_decode(call.http.captures[0]))));
    found.user = CO_TRY(co_await accounts.find(CO_TRY(percent_decode(call.http.captures[1]))));
    if (!found.org.is_org) co_return fail(Code::not_found, "There is no organization of this name");
    if (found.user.is_org) co_return fail(Code::not_found, "There is no user of this name");
    co_return found;
}

// The hub's administrators may do it on the command line anyway.
bool manages(const hub::Caller& caller, const hub::Account& org) {
    return caller.scope == hub::KeyScope::admin || caller.role_in(org.id) == hub::OrgRole::admin;
}

Failure not_yours() {
    return fail(Code::forbidden, "Only administrators of an organization change its members");
}

}  // namespace

Answer create_organization(Call& call) {
    CO_TRY(require_writer(call));
    const auto body = CO_TRY(co_await read_json_object(call.http));
    hub::NewAccount wanted;
    wanted.name = CO_TRY(required_string(body, "name"));
    wanted.fullname = CO_TRY(optional_string(body, "fullname")).value_or("");
    wanted.made_by = call.caller->user_id;
    const auto made = CO_TRY(co_await call.services.accounts.create_org(
        std::move(wanted), {{.user = call.caller->name, .role = hub::OrgRole::admin}}));
    CO_TRY(co_await call.services.authenticator.forget_user(call.caller->user_id));
    const auto overview = CO_TRY(co_await call.services.accounts.overview(made.name, *call.caller));
    co_return json_response(boost::json::serialize(organization_json(overview)));
}

Answer set_member(Call& call) {
    const auto [org, user] = CO_TRY(co_await open_member(call));
    if (!manages(*call.caller, org)) co_return not_yours();
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto role = hub::parse_org_role(CO_TRY(required_string(body, "role")));
    if (!role)
        co_return fail(Code::invalid_argument,
                       "\"role\" must be one of read, contributor, write, admin");
    CO_TRY(co_await call.services.accounts.change_member(org.id, {.user = user.name, .role = *role},
                                                         call.caller->user_id));
    CO_TRY(co_await call.services.authenticator.forget_user(user.id));
    co_return no_content();
}

Answer remove_member(Call& call) {
    const auto [org, user] = CO_TRY(co_await open_member(call));
    if (!manages(*call.caller, org) && user.id != call.caller->user_id) co_return not_yours();
    CO_TRY(co_await call.services.accounts.remove_member(org.id, user.name, call.caller->user_id));
    CO_TRY(co_await call.services.authenticator.forget_user(user.id));
    co_return no_content();
}

}  // namespace siahub::cas
