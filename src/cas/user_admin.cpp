#include "cas/user_admin.hpp"

#include "cas/json_body.hpp"
#include "cas/operator.hpp"
#include "cas/path_id.hpp"
#include "cas/sign_in.hpp"
#include "core/encoding.hpp"
#include "hub/events.hpp"
#include "hub/invitations.hpp"
#include "hub/passwords.hpp"
#include "hub/users.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kMaxLimit = 200;
constexpr std::uint64_t kDefaultHours = 7UL * 24;
constexpr std::uint64_t kMaxHours = 365UL * 24;
constexpr UnixMillis kHour = 3600LL * 1000;

json::object user_json(const hub::User& user) {
    json::object shown{{"name", user.name},         {"fullname", user.fullname},
                       {"email", user.email},       {"isAdmin", user.is_admin},
                       {"disabled", user.disabled}, {"createdAt", to_iso8601(user.created_at)},
                       {"lastSeenAt", nullptr}};
    if (user.last_seen_at) shown["lastSeenAt"] = to_iso8601(*user.last_seen_at);
    return shown;
}

json::object org_json(const hub::Organization& org) {
    return {{"name", org.name},
            {"fullname", org.fullname},
            {"members", org.members},
            {"repositories", org.repositories},
            {"createdAt", to_iso8601(org.created_at)}};
}

json::object entry_json(const hub::Invitation& invitation) {
    auto shown = invitation_json(invitation);
    shown["id"] = std::to_string(invitation.id);
    shown["createdAt"] = to_iso8601(invitation.created_at);
    return shown;
}

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::value(text);
}

json::object event_json(const hub::Event& event) {
    return {{"id", std::to_string(event.id)},
            {"at", to_iso8601(event.at)},
            {"event", event.what},
            {"user", text_or_null(event.user)},
            {"repo", text_or_null(event.repo)},
            {"bytes", event.bytes},
            {"about", text_or_null(event.about)},
            {"detail", text_or_null(event.detail)}};
}

// One page of a list and where the next begins, null after the last.
http::Response page_json(std::string_view name, json::array entries, json::value cursor) {
    return private_json(
        json::serialize(json::object{{name, std::move(entries)}, {"cursor", std::move(cursor)}}));
}

Result<std::int64_t> limit_of(const http::Request& request) {
    const auto text = request.query_value("limit");
    if (!text) return kDefaultLimit;
    const auto limit = parse_id(*text);
    if (!limit || *limit > kMaxLimit)
        return fail(Code::invalid_argument, "limit must be a number from 1 to 200");
    return *limit;
}

Result<hub::UserQuery> query_of(const http::Request& request) {
    return hub::UserQuery{.search = request.query_value("search").value_or(""),
                          .cursor = request.query_value("cursor").value_or(""),
                          .limit = TRY(limit_of(request))};
}

}  // namespace

Answer list_users(Call& call) {
    CO_TRY(require_admin(*call.caller));
    const auto page =
        CO_TRY(co_await call.services.sign_in->users.list(CO_TRY(query_of(call.http))));
    json::array users;
    for (const auto& user : page.users)
        users.push_back(user_json(user));
    co_return page_json("users", std::move(users), text_or_null(page.cursor));
}

Answer list_orgs(Call& call) {
    CO_TRY(require_admin(*call.caller));
    const auto page =
        CO_TRY(co_await call.services.sign_in->users.list_orgs(CO_TRY(query_of(call.http))));
    json::array orgs;
    for (const auto& org : page.orgs)
        orgs.push_back(org_json(org));
    co_return page_json("orgs", std::move(orgs), text_or_null(page.cursor));
}

Answer change_user(Call& call) {
    CO_TRY(require_admin(*call.caller));
    auto name = CO_TRY(percent_decode(call.http.captures[0]));
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const hub::UserChange change{.is_admin = CO_TRY(optional_bool(body, "isAdmin")),
                                 .disabled = CO_TRY(optional_bool(body, "disabled"))};
    const auto user = CO_TRY(co_await call.services.sign_in->users.change(std::move(name), change,
                                                                          call.caller->user_id));
    co_return private_json(json::serialize(user_json(user)));
}

Answer make_reset_link(Call& call) {
    CO_TRY(require_admin(*call.caller));
    auto name = CO_TRY(percent_decode(call.http.captures[0]));
    const auto user = CO_TRY(co_await call.services.sign_in->users.find(std::move(name)));
    const auto link = CO_TRY(co_await call.services.sign_in->passwords.make_reset_link(
        user.id, user.name, call.caller->user_id));
    co_return private_json(
        json::serialize(json::object{{"url", page_url(call.http, "/reset?token=" + link.token)},
                                     {"expiresAt", to_iso8601(link.expires_at)}}));
}

Answer list_invitations(Call& call) {
    CO_TRY(require_admin(*call.caller));
    json::array list;
    for (const auto& invitation : CO_TRY(co_await call.services.sign_in->invitations.list()))
        list.push_back(entry_json(invitation));
    co_return private_json(json::serialize(list));
}

Answer invite(Call& call) {
    CO_TRY(require_admin(*call.caller));
    const auto body = CO_TRY(co_await read_json_object(call.http));
    hub::NewInvitation wanted;
    wanted.email = CO_TRY(optional_string(body, "email")).value_or("");
    wanted.org = CO_TRY(optional_string(body, "org")).value_or("");
    const auto role = CO_TRY(optional_string(body, "role"));
    if (role && !hub::parse_org_role(*role))
        co_return fail(Code::invalid_argument,
                       "\"role\" must be one of read, contributor, write, admin");
    if (role) wanted.role = *hub::parse_org_role(*role);
    const auto hours = CO_TRY(optional_size(body, "expiresInHours")).value_or(kDefaultHours);
    if (hours < 1 || hours > kMaxHours)
        co_return fail(Code::invalid_argument, "\"expiresInHours\" must be from 1 to 8760");
    wanted.expires_at = call.services.clock.now() + static_cast<UnixMillis>(hours) * kHour;
    wanted.invited_by = call.caller->user_id;
    const auto issued =
        CO_TRY(co_await call.services.sign_in->invitations.create(std::move(wanted)));
    auto shown = entry_json(issued.invitation);
    shown["url"] = page_url(call.http, "/register?invitation=" + issued.token);
    co_return private_json(json::serialize(shown));
}

Answer withdraw_invitation(Call& call) {
    CO_TRY(require_admin(*call.caller));
    const auto id = CO_TRY(path_id(call, 0));
    CO_TRY(co_await call.services.sign_in->invitations.withdraw(id, call.caller->user_id));
    co_return no_content();
}

Answer list_events(Call& call) {
    CO_TRY(require_admin(*call.caller));
    const auto limit = CO_TRY(limit_of(call.http));
    auto before = std::numeric_limits<RowId>::max();
    if (const auto cursor = call.http.query_value("cursor")) before = CO_TRY(parse_id(*cursor));
    const auto events = CO_TRY(co_await hub::read_events(call.services.database, before, limit));
    json::array list;
    for (const auto& event : events)
        list.push_back(event_json(event));
    const bool more = static_cast<std::int64_t>(events.size()) == limit;
    co_return private_json(json::serialize(json::object{
        {"events", std::move(list)},
        {"cursor", more ? json::value(std::to_string(events.back().id)) : json::value()}}));
}

}  // namespace siahub::cas
