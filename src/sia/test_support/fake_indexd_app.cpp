#include "sia/test_support/fake_indexd_render.hpp"

namespace siahub::sia::testing {
namespace {

namespace json = boost::json;
using http::Method;

constexpr std::int64_t kPruneAge = 72 * 3600;

std::optional<Hash256> hash_of(std::string_view text) {
    const auto hash = Hash256::from_hex(text);
    return hash ? std::optional(*hash) : std::nullopt;
}

json::value event_json(const indexd::ObjectEvent& event) {
    json::object out{{"key", event.key.hex()},
                     {"deleted", event.deleted},
                     {"updatedAt", indexd::to_rfc3339(event.updated_at)}};
    if (event.object) out["object"] = indexd::to_json(*event.object);
    return out;
}

json::value account_json(const indexd::Account& account) {
    return json::object{{"accountKey", to_text(account.key)},
                        {"maxPinnedData", account.max_pinned_data},
                        {"remainingStorage", account.remaining_storage},
                        {"ready", account.ready},
                        {"pinnedData", account.pinned_data},
                        {"pinnedSize", account.pinned_size},
                        {"app", json::object{{"id", account.app_id.hex()},
                                             {"name", account.app_name},
                                             {"description", ""},
                                             {"logoURL", ""},
                                             {"serviceURL", ""}}},
                        {"lastUsed", indexd::to_rfc3339(account.last_used)}};
}

Result<ObjectPin> parse_object_pin(const json::value& value) {
    indexd::JsonObject in(value, "a request");
    ObjectPin pin;
    pin.id = in.hex<Hash256>("id");
    pin.seals.encrypted_data_key = in.base64("encryptedDataKey");
    pin.seals.data_signature = in.hex<Signature>("dataSignature");
    pin.seals.encrypted_metadata_key = in.base64("encryptedMetadataKey");
    pin.seals.encrypted_metadata = in.base64("encryptedMetadata");
    pin.seals.metadata_signature = in.hex<Signature>("metadataSignature");
    for (const auto& slab : in.list("slabs")) {
        indexd::JsonObject part(slab, "a slab");
        pin.parts.push_back({part.hex<Hash256>("id"),
                             static_cast<std::uint32_t>(part.number("offset")),
                             static_cast<std::uint32_t>(part.number("length"))});
        in.adopt(part.status());
    }
    TRY(in.status());
    return pin;
}

}  // namespace

void FakeIndexd::add_app_routes() {
    auto& to = app_routes_;
    add(to, Method::get, "/auth/check", Who::account, &FakeIndexd::check);
    add(to, Method::get, "/account", Who::account, &FakeIndexd::account);
    add(to, Method::get, "/hosts", Who::account, &FakeIndexd::usable_hosts);
    add(to, Method::post, "/slabs", Who::account, &FakeIndexd::pin_slabs);
    add(to, Method::post, "/slabs/prune", Who::account, &FakeIndexd::prune);
    add(to, Method::get, "/slabs", Who::account, &FakeIndexd::slabs);
    add(to, Method::get, "/slabs/{id}", Who::account, &FakeIndexd::slab);
    add(to, Method::del, "/slabs/{id}", Who::account, &FakeIndexd::unpin);
    add(to, Method::post, "/objects", Who::account, &FakeIndexd::pin_object);
    add(to, Method::get, "/objects", Who::account, &FakeIndexd::events);
    add(to, Method::get, "/objects/{id}", Who::account, &FakeIndexd::object);
    add(to, Method::del, "/objects/{id}", Who::account, &FakeIndexd::delete_object);
    add(to, Method::post, "/auth/connect", Who::anyone_signed, &FakeIndexd::connect);
    add(to, Method::post, "/auth/connect/{id}", Who::anyone, &FakeIndexd::approve);
    add(to, Method::get, "/auth/connect/{id}/status", Who::anyone_signed,
        &FakeIndexd::connect_status);
    add(to, Method::post, "/auth/connect/{id}/register", Who::anyone_signed,
        &FakeIndexd::register_key);
}

FakeIndexd::Answer FakeIndexd::check(const Request&) {
    return {204, ""};
}

FakeIndexd::Answer FakeIndexd::account(const Request& request) {
    return {200, json::serialize(account_json(model_.account(request.key)))};
}

FakeIndexd::Answer FakeIndexd::usable_hosts(const Request& request) {
    const auto page = request.page();
    if (!page) return refused(page.error());
    const auto protocol = request.http.query_value("protocol").value_or("");
    const auto country = request.http.query_value("country").value_or("");
    if (!protocol.empty() && protocol != "siamux" && protocol != "quic")
        return {400, "invalid protocol \"" + protocol + "\""};
    std::vector<Host> fitting;
    for (const auto& host : model_.hosts)
        if ((country.empty() || host.country_code == country) &&
            (protocol.empty() || has(host.addresses, protocol, &NetAddress::protocol)))
            fitting.push_back(host);
    return {200, json::serialize(page_of(fitting, *page,
                                         [](const Host& host) { return indexd::to_json(host); }))};
}

FakeIndexd::Answer FakeIndexd::pin_slabs(const Request& request) {
    const auto body = indexd::parse_json(request.body);
    const auto slabs =
        body ? indexd::read_list(*body, indexd::parse_slab) : Result<std::vector<Slab>>{};
    if (!body || !slabs) return {500, "failed to read request body"};
    const auto pinned = model_.pin(request.key, *slabs);
    if (!pinned) return refused(pinned.error());
    if (pinned->empty()) return {500, "PinSlabs did not return any slab IDs"};
    return {200, json::serialize(page_of(*pinned, {0, pinned->size()}, rendering))};
}

FakeIndexd::Answer FakeIndexd::prune(const Request& request) {
    auto before = clock_.now() / 1000 - kPruneAge;
    if (const auto text = request.http.query_value("before")) {
        const auto time = indexd::parse_rfc3339(*text);
        if (!time) return {400, "invalid form value \"before\""};
        before = *time;
    }
    model_.prune(request.key, before);
    return {204, ""};
}

FakeIndexd::Answer FakeIndexd::slabs(const Request& request) {
    const auto page = request.page();
    if (!page) return refused(page.error());
    return {200, json::serialize(page_of(model_.slab_ids(request.key), *page, rendering))};
}

FakeIndexd::Answer FakeIndexd::slab(const Request& request) {
    const auto id = hash_of(request.capture(0));
    if (!id) return {400, "invalid slab id"};
    const auto slab = model_.slab(request.key, *id);
    if (!slab) return refused(slab.error());
    auto out = indexd::to_json(*slab).as_object();
    out["id"] = id->hex();
    return {200, json::serialize(out)};
}

FakeIndexd::Answer FakeIndexd::unpin(const Request& request) {
    const auto id = hash_of(request.capture(0));
    if (!id) return {400, "invalid slab id"};
    const auto done = model_.unpin(request.key, *id);
    return done ? Answer{204, ""} : refused(done.error());
}

FakeIndexd::Answer FakeIndexd::pin_object(const Request& request) {
    const auto body = indexd::parse_json(request.body);
    auto pin = body ? parse_object_pin(*body) : Result<ObjectPin>{};
    if (!body || !pin) return {500, "failed to read request body"};
    const auto done = model_.pin_object(request.key, std::move(*pin));
    return done ? Answer{204, ""} : refused(done.error());
}

FakeIndexd::Answer FakeIndexd::object(const Request& request) {
    const auto id = hash_of(request.capture(0));
    if (!id) return {400, "invalid object key"};
    const auto object = model_.object(request.key, *id);
    if (!object) return refused(object.error());
    return {200, json::serialize(indexd::to_json(*object))};
}

FakeIndexd::Answer FakeIndexd::delete_object(const Request& request) {
    const auto id = hash_of(request.capture(0));
    if (!id) return {400, "invalid object key"};
    const auto done = model_.delete_object(request.key, *id);
    return done ? Answer{204, ""} : refused(done.error());
}

FakeIndexd::Answer FakeIndexd::events(const Request& request) {
    const auto page = request.page();
    if (!page) return refused(page.error());
    indexd::EventCursor cursor;
    if (const auto after = request.http.query_value("after")) {
        const auto time = indexd::parse_rfc3339(*after);
        if (!time) return {400, "invalid form value \"after\""};
        cursor.after = *time;
    }
    if (const auto key = request.http.query_value("key")) {
        const auto hash = hash_of(*key);
        if (!hash) return {400, "invalid form value \"key\""};
        cursor.key = *hash;
    }
    const auto events = model_.events(request.key, cursor, page->second);
    return {200, json::serialize(page_of(events, {0, events.size()}, event_json))};
}

}  // namespace siahub::sia::testing
