#include "core/random.hpp"
#include "sia/test_support/fake_indexd_render.hpp"

namespace siahub::sia::testing {
namespace {

namespace json = boost::json;
using http::Method;

constexpr std::string_view kSiacoin = "000000000000000000000000";

std::string siacoins(std::uint64_t amount) {
    return amount == 0 ? "0" : std::to_string(amount) + std::string(kSiacoin);
}

json::value quota_json(const indexd::Quota& quota) {
    return json::object{{"key", quota.key},
                        {"description", quota.description},
                        {"maxPinnedData", quota.max_pinned_data},
                        {"totalUses", quota.total_uses},
                        {"fundTargetBytes", quota.fund_target_bytes}};
}

json::value connect_key_json(const indexd::ConnectKey& key) {
    return json::object{{"key", key.key},
                        {"description", key.description},
                        {"quota", key.quota},
                        {"remainingUses", key.remaining_uses},
                        {"pinnedData", key.pinned_data},
                        {"pinnedSize", key.pinned_size}};
}

json::value account_json(const indexd::AdminAccount& account) {
    return json::object{{"accountKey", to_text(account.key)},
                        {"connectKey", account.connect_key},
                        {"maxPinnedData", account.max_pinned_data},
                        {"ready", account.ready},
                        {"pinnedData", account.pinned_data},
                        {"pinnedSize", account.pinned_size},
                        {"app", json::object{{"name", account.app_name}}}};
}

json::value host_json(const Host& host) {
    auto out = indexd::to_json(host).as_object();
    out.erase("goodForUpload");
    out["recentUptime"] = 0.999;
    out["lastSuccessfulScan"] = "2026-01-02T03:04:05.678Z";
    out["settings"] = json::object{{"protocolVersion", "v5.1.0"},
                                   {"release", "test host"},
                                   {"acceptingContracts", true},
                                   {"remainingStorage", 1000},
                                   {"totalStorage", 2000},
                                   {"prices", json::object{{"storagePrice", "34722222222"},
                                                           {"ingressPrice", "10000000000000"},
                                                           {"egressPrice", "500000000000000"}}}};
    out["usability"] = json::object{
        {"uptime", true}, {"siamux", true}, {"quic", true}, {"storagePrice", host.good_for_upload}};
    out["blocked"] = false;
    out["blockedReasons"] = nullptr;
    out["lostSectors"] = 0;
    out["unpinnedSectors"] = 0;
    out["accountFunding"] = siacoins(1);
    out["totalSpent"] = siacoins(12);
    return out;
}

json::value contract_json(const Host& host) {
    return json::object{{"id", host.key.hex()},
                        {"hostKey", to_text(host.key)},
                        {"formation", "2026-01-02T03:04:05Z"},
                        {"expirationHeight", 2000},
                        {"capacity", std::uint64_t{1} << 36},
                        {"size", std::uint64_t{1} << 30},
                        {"initialAllowance", siacoins(100)},
                        {"remainingAllowance", siacoins(80)},
                        {"good", host.good_for_upload},
                        {"state", "active"}};
}

}  // namespace

void FakeIndexd::add_admin_routes() {
    auto& to = admin_routes_;
    const auto route = [&](Method method, const std::string& path, Act act) {
        add(to, method, "/api" + path, Who::admin, act);
    };
    route(Method::get, "/state", &FakeIndexd::state);
    route(Method::get, "/quotas", &FakeIndexd::quotas);
    route(Method::put, "/quotas/{key}", &FakeIndexd::put_quota);
    route(Method::del, "/quotas/{key}", &FakeIndexd::delete_quota);
    route(Method::get, "/apps/connect/keys", &FakeIndexd::connect_keys);
    route(Method::post, "/apps/connect/keys", &FakeIndexd::add_connect_key);
    route(Method::del, "/apps/connect/keys/{key}", &FakeIndexd::delete_connect_key);
    route(Method::post, "/apps/register", &FakeIndexd::register_app);
    route(Method::get, "/accounts", &FakeIndexd::admin_accounts);
    route(Method::patch, "/account/{key}", &FakeIndexd::limit_account);
    route(Method::get, "/hosts", &FakeIndexd::admin_hosts);
    route(Method::get, "/contracts", &FakeIndexd::contracts);
    route(Method::get, "/wallet", &FakeIndexd::wallet);
    route(Method::get, "/alerts", &FakeIndexd::alerts);
    route(Method::get, "/stats/contracts", &FakeIndexd::contract_stats);
    route(Method::get, "/stats/sectors", &FakeIndexd::sector_stats);
    route(Method::get, "/stats/hosts", &FakeIndexd::host_stats);
    route(Method::get, "/stats/accounts", &FakeIndexd::account_stats);
}

FakeIndexd::Answer FakeIndexd::state(const Request&) {
    return {200, json::serialize(json::object{{"version", "v0.4.4"},
                                              {"network", "test"},
                                              {"explorer", json::object{{"enabled", false}}},
                                              {"scanHeight", 1000},
                                              {"syncHeight", 1000},
                                              {"startTime", "2026-01-02T03:04:05Z"},
                                              {"synced", true}})};
}

FakeIndexd::Answer FakeIndexd::quotas(const Request& request) {
    const auto page = request.page();
    if (!page) return refused(page.error());
    return {200, json::serialize(page_of(model_.quotas(), *page, quota_json))};
}

FakeIndexd::Answer FakeIndexd::put_quota(const Request& request) {
    const auto body = indexd::parse_json(request.body);
    if (!body) return {400, "couldn't decode request type"};
    indexd::JsonObject in(*body, "a request");
    indexd::Quota quota{
        .key = request.capture(0),
        .description = in.text("description"),
        .max_pinned_data = in.number("maxPinnedData"),
        .total_uses = in.number("totalUses"),
        .fund_target_bytes = in.required("fundTargetBytes").number("fundTargetBytes")};
    if (!in.status()) return {400, "fundTargetBytes is required"};
    model_.put_quota(std::move(quota));
    return {204, ""};
}

FakeIndexd::Answer FakeIndexd::delete_quota(const Request& request) {
    const auto done = model_.delete_quota(request.capture(0));
    return done ? Answer{204, ""} : refused(done.error());
}

FakeIndexd::Answer FakeIndexd::connect_keys(const Request& request) {
    const auto page = request.page();
    if (!page) return refused(page.error());
    return {200, json::serialize(page_of(model_.connect_keys(), *page, connect_key_json))};
}

FakeIndexd::Answer FakeIndexd::add_connect_key(const Request& request) {
    const auto body = indexd::parse_json(request.body);
    if (!body) return {400, "couldn't decode request type"};
    indexd::JsonObject in(*body, "a request");
    indexd::ConnectKey key{
        .key = in.text("key"), .description = in.text("description"), .quota = in.text("quota")};
    if (!in.status() || key.quota.empty()) return {400, "quota is required"};
    if (key.key.empty()) key.key = random_id();
    const auto added = model_.add_connect_key(std::move(key));
    return added ? Answer{200, json::serialize(connect_key_json(*added))} : refused(added.error());
}

FakeIndexd::Answer FakeIndexd::delete_connect_key(const Request& request) {
    const auto done = model_.delete_connect_key(request.capture(0));
    return done ? Answer{204, ""} : refused(done.error());
}

FakeIndexd::Answer FakeIndexd::register_app(const Request& request) {
    const auto body = indexd::parse_json(request.body);
    if (!body) return {400, "couldn't decode request type"};
    indexd::JsonObject in(*body, "a request");
    const auto key = in.public_key("appKey");
    const auto connect_key = in.text("connectKey");
    auto meta = in.object("meta");
    const indexd::AppInfo app{.id = meta.hex<Hash256>("id"), .name = meta.text("name")};
    in.adopt(meta.status());
    if (!in.status()) return {400, "couldn't decode request type"};
    const auto done = model_.register_app(connect_key, key, app);
    return done ? Answer{204, ""} : refused(done.error());
}

FakeIndexd::Answer FakeIndexd::admin_accounts(const Request& request) {
    const auto page = request.page();
    if (!page) return refused(page.error());
    return {200, json::serialize(page_of(model_.accounts(), *page, account_json))};
}

FakeIndexd::Answer FakeIndexd::limit_account(const Request& request) {
    const auto account = parse_public_key(request.capture(0));
    const auto body = indexd::parse_json(request.body);
    if (!account || !body) return {400, "couldn't decode request type"};
    const auto done =
        model_.set_limit(*account, indexd::JsonObject(*body, "a request").number("maxPinnedData"));
    return done ? Answer{204, ""} : refused(done.error());
}

FakeIndexd::Answer FakeIndexd::admin_hosts(const Request& request) {
    const auto page = request.page();
    if (!page) return refused(page.error());
    return {200, json::serialize(page_of(model_.hosts, *page, host_json))};
}

FakeIndexd::Answer FakeIndexd::contracts(const Request& request) {
    const auto page = request.page();
    if (!page) return refused(page.error());
    return {200, json::serialize(page_of(model_.hosts, *page, contract_json))};
}

FakeIndexd::Answer FakeIndexd::wallet(const Request&) {
    return {200, json::serialize(json::object{{"spendable", siacoins(5000)},
                                              {"confirmed", siacoins(5100)},
                                              {"unconfirmed", siacoins(0)},
                                              {"immature", siacoins(0)},
                                              {"address", std::string(76, 'a')}})};
}

FakeIndexd::Answer FakeIndexd::alerts(const Request&) {
    return {200, "[]"};
}

FakeIndexd::Answer FakeIndexd::contract_stats(const Request&) {
    return {200, json::serialize(json::object{{"contracts", model_.hosts.size()},
                                              {"badContracts", 0},
                                              {"renewing", 0},
                                              {"lockedAllowance", siacoins(100)},
                                              {"remainingAllowance", siacoins(80)},
                                              {"totalCapacity", std::uint64_t{1} << 40},
                                              {"totalSize", model_.pinned_size()}})};
}

FakeIndexd::Answer FakeIndexd::sector_stats(const Request&) {
    return {200, json::serialize(json::object{{"slabs", model_.slab_count()},
                                              {"migrated", 0},
                                              {"pinned", model_.pinned_size() >> 22},
                                              {"unpinnable", 0},
                                              {"unpinned", 0},
                                              {"lost", 0},
                                              {"checked", 0},
                                              {"checkFailed", 0}})};
}

FakeIndexd::Answer FakeIndexd::host_stats(const Request&) {
    return {200, json::serialize(json::object{
                     {"active", model_.hosts.size()},
                     {"goodForUpload", std::ranges::count_if(model_.hosts, &Host::good_for_upload)},
                     {"totalScans", 100},
                     {"failedScans", 1}})};
}

FakeIndexd::Answer FakeIndexd::account_stats(const Request&) {
    std::uint64_t data = 0;
    for (const auto& account : model_.accounts())
        data += account.pinned_data;
    return {200, json::serialize(json::object{{"registered", model_.accounts().size()},
                                              {"active", model_.accounts().size()},
                                              {"pinnedData", data},
                                              {"pinnedSize", model_.pinned_size()}})};
}

}  // namespace siahub::sia::testing
