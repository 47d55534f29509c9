#include "hub/session_share.hpp"

#include "core/encoding.hpp"

#include <boost/json.hpp>

namespace siahub::hub {
namespace {

namespace json = boost::json;

constexpr std::size_t kSealSize = 64;  // hex of HMAC-SHA256, in front of the text

std::string cache_key(const Sha256& key_hash) {
    return "session:" + to_hex(key_hash);
}

std::string seal(const auth::SigningKey& key, const Sha256& key_hash, std::string_view text) {
    Bytes message(key_hash.begin(), key_hash.end());
    const auto bytes = as_bytes(text);
    message.insert(message.end(), bytes.begin(), bytes.end());
    return to_hex(hmac_sha256(key.secret, message));
}

std::string to_text(const Session& session) {
    const Caller& caller = *session.caller;
    json::array memberships;
    for (const auto& [org_id, name, role] : caller.memberships)
        memberships.push_back(json::array{org_id, name, to_string(role)});
    return json::serialize(json::object{{"user", caller.user_id},
                                        {"name", caller.name},
                                        {"email", caller.email},
                                        {"key", caller.key_id},
                                        {"session", caller.session_id},
                                        {"admin", caller.is_admin},
                                        {"scope", to_string(caller.scope)},
                                        {"memberships", std::move(memberships)},
                                        {"expires", session.expires_at}});
}

// Of a text that this program has sealed. A different version of it may have: throws then.
Session from_text(std::string_view text) {
    const auto value = json::parse(json::string_view(text.data(), text.size()));
    const auto string_at = [&](const char* name) {
        return json::value_to<std::string>(value.at(name));
    };
    auto caller = std::make_shared<Caller>();
    caller->user_id = value.at("user").as_int64();
    caller->name = string_at("name");
    caller->email = string_at("email");
    caller->key_id = value.at("key").as_int64();
    caller->session_id = value.at("session").as_int64();
    caller->is_admin = value.at("admin").as_bool();
    caller->scope = parse_key_scope(string_at("scope")).value();
    for (const auto& item : value.at("memberships").as_array()) {
        const auto& fields = item.as_array();
        caller->memberships.push_back(
            {fields.at(0).as_int64(), json::value_to<std::string>(fields.at(1)),
             parse_org_role(json::value_to<std::string>(fields.at(2))).value()});
    }
    return {std::move(caller), value.at("expires").as_int64()};
}

}  // namespace

SessionShare::SessionShare(kv::Cache& cache, auth::LiveKeyRing keys)
    : cache_(cache), keys_(std::move(keys)) {}

Task<std::optional<SessionShare::Found>> SessionShare::find(const Sha256& key_hash) {
    const auto cached = co_await cache_.get(cache_key(key_hash));
    if (!cached) co_return std::nullopt;
    const auto text = opened(key_hash, cached->value);
    if (text.empty()) co_return std::nullopt;
    try {
        co_return Found{from_text(text), cached->ttl};
    } catch (const std::exception&) {
        co_return std::nullopt;
    }
}

Task<void> SessionShare::put(const Sha256& key_hash, const Session& session,
                             std::chrono::milliseconds ttl) {
    if (ttl.count() <= 0) co_return;
    co_await cache_.put(cache_key(key_hash), sealed(key_hash, to_text(session)), ttl);
}

Task<void> SessionShare::erase(const Sha256& key_hash) {
    co_await cache_.erase(cache_key(key_hash));
}

std::string SessionShare::sealed(const Sha256& key_hash, std::string_view text) const {
    return seal(keys_.keys(auth::Purpose::session)->front(), key_hash, text).append(text);
}

std::string_view SessionShare::opened(const Sha256& key_hash, std::string_view sealed) const {
    if (sealed.size() <= kSealSize) return {};
    const auto text = sealed.substr(kSealSize);
    const auto given = as_bytes(sealed.substr(0, kSealSize));
    const auto keys = keys_.keys(auth::Purpose::session);
    for (const auto& key : *keys)
        if (constant_time_equal(given, as_bytes(seal(key, key_hash, text)))) return text;
    return {};
}

}  // namespace siahub::hub
