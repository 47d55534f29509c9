#include "hf_proxy/answers.hpp"

#include <charconv>

#include <boost/json.hpp>

namespace siahub::hf_proxy {
namespace json = boost::json;
namespace {

Failure malformed(std::string_view what) {
    return fail(Code::unavailable, "malformed answer: " + std::string(what));
}

std::optional<json::object> parse_object(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(json::string_view(text.data(), text.size()), error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

json::object* object_in(json::object& parent, std::string_view name) {
    auto* const found = parent.if_contains(name);
    return found == nullptr ? nullptr : found->if_object();
}

// A number, or a string of digits as headers have it.
std::optional<std::int64_t> seconds_in(const json::value& value) {
    if (value.is_int64() && value.get_int64() >= 0) return value.get_int64();
    if (!value.is_string()) return std::nullopt;
    const std::string_view text = value.get_string();
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds < 0)
        return std::nullopt;
    return seconds;
}

void move_string(json::object& parent, std::string_view name, const Addresses& addresses) {
    auto* const value = parent.if_contains(name);
    if (value != nullptr && value->is_string())
        *value = addresses.url(std::string_view(value->get_string()));
}

}  // namespace

Result<std::int64_t> token_expiry(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) return malformed("the token is no JSON object");
    const auto* const expiry = object->if_contains("exp");
    const auto seconds = expiry == nullptr ? std::nullopt : seconds_in(*expiry);
    if (!seconds || !object->contains("accessToken")) return malformed("the token is incomplete");
    return *seconds;
}

std::string render_token(const IssuedToken& token, std::string_view cas_url) {
    return json::serialize(
        json::object{{"accessToken", token.text}, {"exp", token.expires}, {"casUrl", cas_url}});
}

Result<LfsBatch> LfsBatch::parse(std::string_view body) {
    auto object = parse_object(body);
    if (!object) return malformed("the LFS batch is no JSON object");
    return LfsBatch(*std::move(object));
}

std::optional<std::int64_t> LfsBatch::xet_grant() const {
    const auto* const objects = body_.if_contains("objects");
    if (objects == nullptr || !objects->is_array()) return std::nullopt;
    for (const auto& item : objects->get_array()) {
        boost::system::error_code absent;
        const auto* const header = item.find_pointer("/actions/upload/header", absent);
        if (header == nullptr || !header->is_object()) continue;
        if (!header->get_object().contains("X-Xet-Access-Token")) continue;
        const auto* const expiry = header->get_object().if_contains("X-Xet-Token-Expiration");
        return expiry == nullptr ? 0 : seconds_in(*expiry).value_or(0);
    }
    return std::nullopt;
}

std::vector<std::string> LfsBatch::missing() const {
    std::vector<std::string> hashes;
    const auto* const objects = body_.if_contains("objects");
    if (objects == nullptr || !objects->is_array()) return hashes;
    for (const auto& item : objects->get_array()) {
        boost::system::error_code absent;
        const auto* const code = item.find_pointer("/error/code", absent);
        const auto* const oid = item.find_pointer("/oid", absent);
        if (code == nullptr || oid == nullptr || !oid->is_string()) continue;
        if (seconds_in(*code) == 404 && oid->get_string().size() == 64)
            hashes.emplace_back(oid->get_string());
    }
    return hashes;
}

template <class Visit>
void LfsBatch::each_action(const Visit& visit) {
    auto* const objects = body_.if_contains("objects");
    if (objects == nullptr || !objects->is_array()) return;
    for (auto& item : objects->get_array()) {
        auto* const actions = item.is_object() ? object_in(item.get_object(), "actions") : nullptr;
        if (actions == nullptr) continue;
        for (auto& action : *actions)
            if (action.value().is_object()) visit(action.value().get_object());
    }
}

void LfsBatch::point_uploads_to(const IssuedToken& token, std::string_view cas_url) {
    each_action([&](json::object& action) {
        auto* const header = object_in(action, "header");
        if (header == nullptr || !header->contains("X-Xet-Access-Token")) return;
        (*header)["X-Xet-Cas-Url"] = cas_url;
        (*header)["X-Xet-Access-Token"] = token.text;
        (*header)["X-Xet-Token-Expiration"] = std::to_string(token.expires);
    });
}

void LfsBatch::add_download(std::string_view sha256, std::string_view url) {
    auto* const objects = body_.if_contains("objects");
    if (objects == nullptr || !objects->is_array()) return;
    for (auto& item : objects->get_array()) {
        if (!item.is_object()) continue;
        auto& object = item.get_object();
        const auto* const oid = object.if_contains("oid");
        if (oid == nullptr || !oid->is_string() || oid->get_string() != sha256) continue;
        object.erase("error");
        object["authenticated"] = true;
        object["actions"] = json::object{{"download", json::object{{"href", url}}}};
    }
}

void LfsBatch::move_links(const Addresses& addresses) {
    each_action([&](json::object& action) {
        move_string(action, "href", addresses);
        auto* const header = object_in(action, "header");
        if (header == nullptr) return;
        for (auto& field : *header)  // the addresses of parts are given as header fields
            if (field.value().is_string())
                field.value() = addresses.url(std::string_view(field.value().get_string()));
    });
}

std::string LfsBatch::render() const {
    return json::serialize(body_);
}

std::string move_named_addresses(std::string body, const Addresses& addresses) {
    auto object = parse_object(body);
    if (!object) return body;
    for (const std::string_view name : {"url", "commitUrl", "pullRequestUrl"})
        move_string(*object, name, addresses);
    return json::serialize(*object);
}

}  // namespace siahub::hf_proxy
