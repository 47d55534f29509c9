#include "cas/key_api.hpp"

#include "cas/iso_time.hpp"
#include "cas/json_body.hpp"
#include "cas/path_id.hpp"
#include "cas/sign_in.hpp"
#include "hub/authenticator.hpp"
#include "hub/keys.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

json::value optional_time(std::optional<UnixMillis> time) {
    if (!time) return nullptr;
    return json::value(to_iso8601(*time));
}

json::object key_json(const hub::ApiKey& key) {
    return {{"id", std::to_string(key.id)},
            {"name", key.label},
            {"scope", hub::to_string(key.scope)},
            {"prefix", key.prefix},
            {"createdAt", to_iso8601(key.created_at)},
            {"lastUsedAt", optional_time(key.last_used_at)},
            {"expiresAt", optional_time(key.expires_at)}};
}

}  // namespace

Result<void> check_new_scope(const hub::Caller& caller, hub::KeyScope wanted) {
    if (wanted <= caller.scope) return {};
    if (wanted == hub::KeyScope::admin && !caller.is_admin)
        return fail(Code::forbidden, "Only administrators have keys with admin scope");
    return fail(Code::forbidden, "A key cannot make one that may do more than itself");
}

Result<std::optional<UnixMillis>> parse_expiry(std::optional<std::string> text, UnixMillis now) {
    if (!text || text->empty()) return std::nullopt;
    const auto time = parse_iso8601(*text);
    if (!time)
        return fail(Code::invalid_argument,
                    "\"expiresAt\" must be a time in UTC such as 2030-01-31T12:00:00Z");
    if (*time <= now) return fail(Code::invalid_argument, "\"expiresAt\" must be in the future");
    return *time;
}

Answer list_keys(Call& call) {
    if (call.caller->anonymous()) co_return fail(Code::unauthorized, "Sign in first");
    json::array list;
    for (const auto& key : CO_TRY(co_await call.services.sign_in->keys.list(call.caller->user_id)))
        list.push_back(key_json(key));
    co_return private_json(json::serialize(list));
}

Answer create_key(Call& call) {
    CO_TRY(require_writer(call));
    const auto body = CO_TRY(co_await read_json_object(call.http));
    hub::NewKey wanted;
    wanted.user_id = call.caller->user_id;
    wanted.label = CO_TRY(required_string(body, "name"));
    const auto scope = hub::parse_key_scope(CO_TRY(required_string(body, "scope")));
    if (!scope)
        co_return fail(Code::invalid_argument, "\"scope\" must be one of read, write, admin");
    CO_TRY(check_new_scope(*call.caller, *scope));
    wanted.scope = *scope;
    wanted.expires_at =
        CO_TRY(parse_expiry(CO_TRY(optional_string(body, "expiresAt")), call.services.clock.now()));
    const auto issued = CO_TRY(co_await call.services.sign_in->keys.create(std::move(wanted)));
    auto shown = key_json(issued.key);
    shown["key"] = issued.text;
    co_return private_json(json::serialize(shown));
}

Answer revoke_key(Call& call) {
    CO_TRY(require_writer(call));
    const auto id = CO_TRY(path_id(call, 0));
    const auto hash = CO_TRY(co_await call.services.sign_in->keys.revoke(call.caller->user_id, id));
    co_await call.services.authenticator.forget(hash);
    co_return no_content();
}

}  // namespace siahub::cas
