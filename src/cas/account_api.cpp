#include "cas/account_api.hpp"

#include "cas/operator.hpp"
#include "core/encoding.hpp"
#include "hub/accounts.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

json::object org_json(const hub::OrgOfUser& org) {
    return {{"type", "org"},
            {"id", public_id(org.account.id)},
            {"name", org.account.name},
            {"fullname", org.account.fullname},
            {"email", nullptr},
            {"canPay", false},
            {"periodEnd", nullptr},
            {"avatarUrl", ""},
            {"roleInOrg", hub::to_string(org.role)},
            {"isEnterprise", false}};
}

json::array orgs_json(const std::vector<hub::OrgOfUser>& orgs) {
    json::array list;
    for (const auto& org : orgs)
        list.push_back(org_json(org));
    return list;
}

json::object auth_json(const hub::Caller& caller, const hub::Identity& identity) {
    if (caller.session_id != 0) return {{"type", "session"}};
    json::object token{{"displayName", identity.key_label},
                       {"role", identity.key_scope == hub::KeyScope::read ? "read" : "write"},
                       {"createdAt", to_iso8601(identity.key_created_at)}};
    json::object auth{{"type", "access_token"}, {"accessToken", std::move(token)}};
    if (identity.key_expires_at) auth["expiresAt"] = to_iso8601(*identity.key_expires_at);
    return auth;
}

Task<Result<hub::Overview>> overview_of(Call& call) {
    const auto name = CO_TRY(percent_decode(call.http.captures[0]));
    co_return co_await call.services.accounts.overview(name, *call.caller);
}

}  // namespace

json::object organization_json(const hub::Overview& overview) {
    return {{"_id", public_id(overview.account.id)},
            {"name", overview.account.name},
            {"fullname", overview.account.fullname},
            {"avatarUrl", ""},
            {"isVerified", false},
            {"type", "org"},
            {"numUsers", overview.member_count},
            {"numModels", overview.models},
            {"numDatasets", overview.datasets},
            {"numSpaces", overview.spaces}};
}

Answer whoami(Call& call) {
    const auto identity = CO_TRY(co_await call.services.accounts.whoami(*call.caller));
    const auto& account = identity.account;
    co_return json_response(
        json::serialize(json::object{{"type", "user"},
                                     {"id", public_id(account.id)},
                                     {"name", account.name},
                                     {"fullname", account.fullname},
                                     {"email", account.email},
                                     {"emailVerified", !account.email.empty()},
                                     {"canPay", false},
                                     {"billingMode", "prepaid"},
                                     {"periodEnd", nullptr},
                                     {"isPro", false},
                                     {"avatarUrl", ""},
                                     {"orgs", orgs_json(identity.orgs)},
                                     {"auth", auth_json(*call.caller, identity)}}));
}

Answer user_overview(Call& call) {
    const auto overview = CO_TRY(co_await overview_of(call));
    if (overview.account.is_org) co_return fail(Code::not_found, "There is no user of this name");
    co_return json_response(
        json::serialize(json::object{{"_id", public_id(overview.account.id)},
                                     {"user", overview.account.name},
                                     {"fullname", overview.account.fullname},
                                     {"avatarUrl", ""},
                                     {"isPro", false},
                                     {"type", "user"},
                                     {"createdAt", to_iso8601(overview.account.created_at)},
                                     {"numModels", overview.models},
                                     {"numDatasets", overview.datasets},
                                     {"numSpaces", overview.spaces},
                                     {"orgs", orgs_json(overview.orgs)}}));
}

Answer organization_overview(Call& call) {
    const auto overview = CO_TRY(co_await overview_of(call));
    if (!overview.account.is_org)
        co_return fail(Code::not_found, "There is no organization of this name");
    co_return json_response(json::serialize(organization_json(overview)));
}

Answer organization_members(Call& call) {
    const auto name = CO_TRY(percent_decode(call.http.captures[0]));
    const auto account = CO_TRY(co_await call.services.accounts.find(name));
    if (!account.is_org) co_return fail(Code::not_found, "There is no organization of this name");
    // Administrators of the hub change who is in it.
    if (!call.caller->role_in(account.id) && !require_admin(*call.caller))
        co_return fail(Code::forbidden, "Only its members see who belongs to an organization");
    json::array list;
    for (const auto& member : CO_TRY(co_await call.services.accounts.members(account.id)))
        list.push_back(json::object{{"user", member.account.name},
                                    {"fullname", member.account.fullname},
                                    {"avatarUrl", ""},
                                    {"isPro", false},
                                    {"type", "user"},
                                    {"role", hub::to_string(member.role)}});
    co_return json_response(json::serialize(list));
}

}  // namespace siahub::cas
