#include "core/random.hpp"
#include "crypto/blake2b.hpp"
#include "sia/test_support/fake_indexd_render.hpp"

namespace siahub::sia::testing {
namespace {

namespace json = boost::json;

constexpr std::int64_t kApprovalSeconds = 600;

}  // namespace

FakeIndexd::Answer FakeIndexd::connect(const Request& request) {
    const auto body = indexd::parse_json(request.body);
    if (!body) return {500, "failed to read request body"};
    indexd::JsonObject in(*body, "a request");
    Pending pending{.ephemeral = request.key, .app = {}, .connect_key = {}, .secret = {}};
    pending.app = {.id = in.hex<Hash256>("appID"),
                   .name = in.text("name"),
                   .description = in.text("description"),
                   .service_url = in.text("serviceURL"),
                   .logo_url = in.text("logoURL"),
                   .callback_url = in.text("callbackURL")};
    if (!in.status()) return {500, "failed to read request body"};
    if (pending.app.id.is_zero()) return {400, "app ID is required"};
    if (pending.app.name.empty()) return {400, "name is required"};
    if (pending.app.description.empty()) return {400, "description is required"};
    if (pending.app.service_url.empty()) return {400, "service URL is required"};
    const auto id = random_id();
    const auto url = app_url() + "/auth/connect/" + id;
    pending_[id] = std::move(pending);
    return {200, json::serialize(json::object{
                     {"responseURL", url},
                     {"statusURL", url + "/status"},
                     {"registerURL", url + "/register"},
                     {"expiration", indexd::to_rfc3339(clock_.now() / 1000 + kApprovalSeconds)}})};
}

FakeIndexd::Answer FakeIndexd::approve(const Request& request) {
    const auto id = request.capture(0);
    const auto body = indexd::parse_json(request.body);
    if (!body) return {500, "failed to read request body"};
    const auto given = request.http.header("Authorization");
    if (!given.starts_with("Basic ")) return {401, "missing basic auth credentials"};
    const auto decoded = from_base64(given.substr(6));
    const std::string credentials(decoded ? as_chars(*decoded) : "");
    const auto connect_key =
        credentials.substr(std::min(credentials.find(':') + 1, credentials.size()));
    if (!model_.has_connect_key(connect_key)) return {401, "invalid app connect key"};
    const auto pending = pending_.find(id);
    if (!indexd::JsonObject(*body, "a request").flag("approve")) {
        pending_.erase(id);
        return {204, ""};
    }
    if (pending == pending_.end()) return {404, "request invalid or expired"};
    if (pending->second.approved) return {200, ""};
    // The real one derives it from the secret of the connect key and the id of the app.
    pending->second.secret = {blake2b_256(as_bytes(connect_key + pending->second.app.id.hex()))};
    pending->second.connect_key = connect_key;
    pending->second.approved = true;
    pending->second.reconnecting = model_.has_app(connect_key, pending->second.app.id);
    return {204, ""};
}

FakeIndexd::Answer FakeIndexd::connect_status(const Request& request) {
    const auto pending = pending_.find(request.capture(0));
    if (pending == pending_.end()) return {404, "request invalid or expired"};
    if (pending->second.ephemeral != request.key) return {401, "invalid request signature"};
    json::object out{{"approved", pending->second.approved},
                     {"reconnecting", pending->second.reconnecting}};
    if (pending->second.approved) out["userSecret"] = pending->second.secret.hex();
    return {200, json::serialize(out)};
}

FakeIndexd::Answer FakeIndexd::register_key(const Request& request) {
    const auto id = request.capture(0);
    const auto body = indexd::parse_json(request.body);
    if (!body) return {500, "failed to read request body"};
    indexd::JsonObject in(*body, "a request");
    const auto app_key = in.public_key("appKey");
    const auto signature = in.hex<Signature>("signature");
    if (!in.status()) return {500, "failed to read request body"};
    if (!verify_hash(app_key, indexd::register_hash(request.key, id), signature))
        return {401, "invalid signature"};
    const auto pending = pending_.find(id);
    if (pending == pending_.end()) return {404, "unknown request ID \"" + id + "\""};
    if (!pending->second.approved) return {403, "user rejected connection request"};
    if (pending->second.ephemeral != request.key) return {401, "invalid request signature"};
    const auto owner = std::move(pending->second);
    pending_.erase(pending);
    const auto done = model_.register_app(owner.connect_key, app_key, owner.app);
    return done ? Answer{204, ""} : refused(done.error());
}

}  // namespace siahub::sia::testing
