#include "sia/indexd/app_types.hpp"

#include <cmath>

#include <boost/json/array.hpp>

namespace siahub::sia::indexd {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxShards = 256;
constexpr double kPole = 90;
constexpr double kDateLine = 180;
constexpr double kPlaces = 1e6;  // a tenth of a metre

// 0, as for a host whose place is not known, for what lies nowhere on earth. Rounded, so that
// writing and reading change nothing.
double degrees(double value, double most) {
    return std::abs(value) <= most ? std::round(value * kPlaces) / kPlaces : 0;
}

Result<NetAddress> parse_address(const json::value& value) {
    JsonObject in(value, "an address");
    NetAddress address{.protocol = in.text("protocol"), .address = in.text("address")};
    TRY(in.status());
    return address;
}

Result<SlabSector> parse_sector(const json::value& value) {
    JsonObject in(value, "a sector");
    SlabSector sector;
    sector.root = in.required("root").hex<Hash256>("root");
    // A sector that its host has lost has none until it is repaired.
    if (in.has("hostKey")) sector.host = in.public_key("hostKey");
    TRY(in.status());
    return sector;
}

// The members that slabs and slices have in common.
Result<Slab> read_slab(JsonObject& in) {
    Slab slab;
    const auto version = in.number("version");
    slab.version = static_cast<std::uint8_t>(version);
    if (version > 1) in.reject("version", "newer than this program");
    slab.key = in.required("encryptionKey").base64_fixed<SecretKey>("encryptionKey");
    const auto min_shards = in.number("minShards");
    slab.min_shards = static_cast<std::uint8_t>(min_shards);
    const auto sectors = in.list("sectors");
    if (min_shards >= kMaxShards || sectors.size() > kMaxShards)
        in.reject("sectors", "longer than any slab");
    TRY(in.status());
    slab.sectors.reserve(sectors.size());
    for (const auto& sector : sectors)
        slab.sectors.push_back(TRY(parse_sector(sector)));
    return slab;
}

Result<SlabSlice> parse_slice(const json::value& value) {
    JsonObject in(value, "a slice of a slab");
    SlabSlice slice{.slab = TRY(read_slab(in))};
    const auto offset = in.number("offset"), length = in.number("length");
    if (offset > UINT32_MAX || length > UINT32_MAX) in.reject("length", "longer than any slab");
    slice.offset = static_cast<std::uint32_t>(offset);
    slice.length = static_cast<std::uint32_t>(length);
    TRY(in.status());
    return slice;
}

json::array sectors_of(const Slab& slab) {
    json::array sectors;
    for (const auto& sector : slab.sectors)
        sectors.push_back({{"root", sector.root.hex()}, {"hostKey", to_text(sector.host)}});
    return sectors;
}

// What both directions of an object have in common.
json::object seals_of(const SealedObject& object) {
    json::object out{{"encryptedDataKey", to_base64(object.encrypted_data_key)},
                     {"dataSignature", object.data_signature.hex()},
                     {"metadataSignature", object.metadata_signature.hex()}};
    if (!object.encrypted_metadata_key.empty())
        out["encryptedMetadataKey"] = to_base64(object.encrypted_metadata_key);
    if (!object.encrypted_metadata.empty())
        out["encryptedMetadata"] = to_base64(object.encrypted_metadata);
    return out;
}

}  // namespace

Result<Account> parse_account(const json::value& value) {
    JsonObject in(value, "an account");
    Account account{.key = in.required("accountKey").public_key("accountKey"),
                    .max_pinned_data = in.number("maxPinnedData"),
                    .remaining_storage = in.number("remainingStorage"),
                    .pinned_data = in.number("pinnedData"),
                    .pinned_size = in.number("pinnedSize"),
                    .ready = in.flag("ready"),
                    .last_used = in.time("lastUsed")};
    auto app = in.object("app");
    if (app.has("id")) account.app_id = app.hex<Hash256>("id");
    account.app_name = app.text("name");
    in.adopt(app.status());
    TRY(in.status());
    return account;
}

Result<Host> parse_host(const json::value& value) {
    JsonObject in(value, "a host");
    Host host;
    host.key = in.required("publicKey").public_key("publicKey");
    host.country_code = in.text("countryCode");
    host.latitude = degrees(in.real("latitude"), kPole);
    host.longitude = degrees(in.real("longitude"), kDateLine);
    host.good_for_upload = in.flag("goodForUpload");
    for (const auto& address : in.list("addresses"))
        host.addresses.push_back(TRY(parse_address(address)));
    TRY(in.status());
    return host;
}

Result<Hash256> parse_hash(const json::value& value) {
    if (const auto* text = value.if_string())
        if (auto hash = Hash256::from_hex(std::string_view(*text))) return hash;
    return fail(Code::unprocessable, "indexd sent something else where an id should be.");
}

Result<Slab> parse_slab(const json::value& value) {
    JsonObject in(value, "a slab");
    return read_slab(in);
}

Result<Slab> parse_pinned_slab(const json::value& value) {
    JsonObject in(value, "a slab");
    const auto id = in.required("id").hex<Hash256>("id");
    auto slab = TRY(read_slab(in));
    if (slab_id(slab) != id) in.reject("id", "not that of what it sent");
    TRY(in.status());
    return slab;
}

Result<SealedObject> parse_sealed_object(const json::value& value) {
    JsonObject in(value, "an object");
    SealedObject object;
    object.encrypted_data_key = in.required("encryptedDataKey").base64("encryptedDataKey");
    object.data_signature = in.required("dataSignature").hex<Signature>("dataSignature");
    object.encrypted_metadata_key = in.base64("encryptedMetadataKey");
    object.encrypted_metadata = in.base64("encryptedMetadata");
    object.metadata_signature =
        in.required("metadataSignature").hex<Signature>("metadataSignature");
    object.created_at = in.time("createdAt");
    object.updated_at = in.time("updatedAt");
    const auto slabs = in.list("slabs");
    TRY(in.status());
    object.slabs.reserve(slabs.size());
    for (const auto& slab : slabs)
        object.slabs.push_back(TRY(parse_slice(slab)));
    return object;
}

Result<ObjectEvent> parse_event(const json::value& value) {
    JsonObject in(value, "an event");
    ObjectEvent event{.key = in.required("key").hex<Hash256>("key"),
                      .deleted = in.flag("deleted"),
                      .updated_at = in.required("updatedAt").time("updatedAt")};
    TRY(in.status());
    if (in.has("object"))
        event.object = TRY(parse_sealed_object(value.as_object().at("object")));
    else if (!event.deleted)
        return fail(Code::unprocessable, "indexd sent an event without its object.");
    return event;
}

json::value to_json(const Slab& slab) {
    return json::object{{"version", slab.version},
                        {"encryptionKey", to_base64(slab.key.view())},
                        {"minShards", slab.min_shards},
                        {"sectors", sectors_of(slab)}};
}

json::value to_json(const SlabSlice& slice) {
    auto out = to_json(slice.slab).as_object();
    out["offset"] = slice.offset;
    out["length"] = slice.length;
    return out;
}

json::value to_json(const SealedObject& object) {
    auto out = seals_of(object);
    json::array slabs;
    for (const auto& slice : object.slabs)
        slabs.push_back(to_json(slice));
    out["slabs"] = std::move(slabs);
    out["createdAt"] = to_rfc3339(object.created_at);
    out["updatedAt"] = to_rfc3339(object.updated_at);
    return out;
}

json::value pin_request(const SealedObject& object) {
    auto out = seals_of(object);
    json::array slabs;
    for (const auto& slice : object.slabs)
        slabs.push_back({{"id", slab_id(slice.slab).hex()},
                         {"offset", slice.offset},
                         {"length", slice.length}});
    out["id"] = object.id().hex();
    out["slabs"] = std::move(slabs);
    return out;
}

json::value to_json(const Host& host) {
    json::array addresses;
    for (const auto& address : host.addresses)
        addresses.push_back({{"protocol", address.protocol}, {"address", address.address}});
    return json::object{
        {"publicKey", to_text(host.key)},   {"addresses", std::move(addresses)},
        {"countryCode", host.country_code}, {"latitude", host.latitude},
        {"longitude", host.longitude},      {"goodForUpload", host.good_for_upload}};
}

}  // namespace siahub::sia::indexd
