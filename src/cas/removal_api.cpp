#include "cas/removal_api.hpp"

#include "cas/operator.hpp"
#include "cas/sign_in.hpp"
#include "core/encoding.hpp"
#include "hub/account_removal.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

std::string_view code_of(hub::Obstacle obstacle) {
    switch (obstacle) {
        case hub::Obstacle::oneself:
            return "OwnAccount";
        case hub::Obstacle::last_administrator:
            return "LastAdministrator";
        case hub::Obstacle::only_org_administrator:
            return "OnlyOrganizationAdministrator";
        case hub::Obstacle::owns_repositories:
            return "OwnsRepositories";
    }
    return "";
}

json::object loss_json(const hub::AccountLoss& loss) {
    json::array hindrances;
    for (const auto& [what, why] : loss.hindrances)
        hindrances.push_back(json::object{{"code", code_of(what)}, {"message", why}});
    return {{"name", loss.account.name},
            {"fullname", loss.account.fullname},
            {"repositories", loss.repositories},
            {"invitations", loss.invitations},
            {"hindrances", std::move(hindrances)}};
}

json::array orgs_json(const std::vector<hub::OrgOfUser>& orgs) {
    json::array list;
    for (const auto& org : orgs)
        list.push_back(
            json::object{{"name", org.account.name}, {"role", hub::to_string(org.role)}});
    return list;
}

Task<Result<hub::Account>> open_user(Call& call) {
    CO_TRY(require_admin(*call.caller));
    const auto name = CO_TRY(percent_decode(call.http.captures[0]));
    auto account = CO_TRY(co_await call.services.accounts.find(name));
    if (account.is_org) co_return fail(Code::not_found, "There is no user \"" + name + '"');
    co_return account;
}

Task<Result<hub::Account>> open_org(Call& call) {
    CO_TRY(require_writer(call));
    const auto name = CO_TRY(percent_decode(call.http.captures[0]));
    auto account = CO_TRY(co_await call.services.accounts.find(name));
    if (!account.is_org)
        co_return fail(Code::not_found, "There is no organization \"" + name + '"');
    const auto& caller = *call.caller;
    if (!require_admin(caller) && caller.role_in(account.id) != hub::OrgRole::admin)
        co_return fail(Code::forbidden, "Only administrators of an organization delete it");
    co_return account;
}

// Administrators of the hub give repositories to anybody, others to whom they may write.
Task<Result<std::optional<hub::Namespace>>> heir_of(Call& call) {
    const auto name = call.http.query_value("moveRepositoriesTo").value_or("");
    if (name.empty()) co_return std::nullopt;
    if (!require_admin(*call.caller))
        co_return CO_TRY(co_await call.services.access.open_namespace(name, *call.caller));
    const auto account = CO_TRY(co_await call.services.accounts.find(name));
    co_return hub::Namespace{account.id, account.name};
}

Answer remove(Call& call, hub::Account account) {
    const auto hindrances = CO_TRY(
        co_await call.services.sign_in->removal.remove({.account = std::move(account),
                                                        .by = call.caller->user_id,
                                                        .heir = CO_TRY(co_await heir_of(call))}));
    if (hindrances.empty()) co_return no_content();
    const auto& [what, why] = hindrances.front();
    co_return refusal({Code::conflict, why}, code_of(what));
}

}  // namespace

Answer preview_user_removal(Call& call) {
    auto account = CO_TRY(co_await open_user(call));
    const auto loss = CO_TRY(
        co_await call.services.sign_in->removal.preview(std::move(account), call.caller->user_id));
    auto shown = loss_json(loss);
    shown["keys"] = loss.keys;
    shown["sessions"] = loss.sessions;
    shown["identities"] = loss.ways_in;
    shown["organizations"] = orgs_json(loss.orgs);
    co_return private_json(json::serialize(shown));
}

Answer remove_user(Call& call) {
    co_return co_await remove(call, CO_TRY(co_await open_user(call)));
}

Answer preview_org_removal(Call& call) {
    auto account = CO_TRY(co_await open_org(call));
    const auto loss = CO_TRY(
        co_await call.services.sign_in->removal.preview(std::move(account), call.caller->user_id));
    auto shown = loss_json(loss);
    shown["members"] = loss.members;
    co_return private_json(json::serialize(shown));
}

Answer remove_organization(Call& call) {
    co_return co_await remove(call, CO_TRY(co_await open_org(call)));
}

}  // namespace siahub::cas
