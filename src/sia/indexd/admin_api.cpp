#include "sia/indexd/admin_api.hpp"

#include <boost/json/serialize.hpp>

namespace siahub::sia::indexd {
namespace {

namespace json = boost::json;

constexpr std::size_t kPage = 500;  // the most that indexd allows
constexpr std::size_t kMaxItems = 1'000'000;

std::string segment(std::string_view text) {
    return percent_encode(text);
}

}  // namespace

Result<AdminApi> AdminApi::open(http::Client& client, std::string_view url,
                                std::string_view password) {
    auto endpoint = TRY(Endpoint::parse(client, url));
    return AdminApi(std::move(endpoint),
                    "Basic " + to_base64(as_bytes(":" + std::string(password))));
}

Call AdminApi::call(std::string method, std::string path, std::string body) const {
    return {.method = std::move(method),
            .path = std::move(path),
            .body = std::move(body),
            .authorization = authorization_};
}

Task<ApiResult<void>> AdminApi::order(Call call) const {
    CO_TRY(co_await endpoint_.send(std::move(call)));
    co_return ApiResult<void>{};
}

template <class T>
Task<ApiResult<T>> AdminApi::get(std::string path, Result<T> (*parse)(const json::value&)) const {
    const auto answer = CO_TRY(co_await endpoint_.json(call("GET", std::move(path))));
    co_return CO_TRY(parse(answer));
}

template <class T>
Task<ApiResult<std::vector<T>>> AdminApi::all(std::string path, std::string filter,
                                              Result<T> (*parse)(const json::value&)) const {
    std::vector<T> items;
    while (items.size() < kMaxItems) {
        auto next = call("GET", path);
        next.query =
            "offset=" + std::to_string(items.size()) + "&limit=" + std::to_string(kPage) + filter;
        const auto answer = CO_TRY(co_await endpoint_.json(std::move(next)));
        auto page = CO_TRY(read_list(answer, parse));
        const bool is_last = page.size() < kPage;
        std::ranges::move(page, std::back_inserter(items));
        if (is_last) break;
    }
    co_return items;
}

Task<ApiResult<NodeState>> AdminApi::state() const {
    co_return co_await get("/state", parse_node_state);
}

Task<ApiResult<std::vector<Quota>>> AdminApi::quotas() const {
    co_return co_await all("/quotas", "", parse_quota);
}

Task<ApiResult<void>> AdminApi::put_quota(Quota quota) const {
    const json::object body{{"description", quota.description},
                            {"maxPinnedData", quota.max_pinned_data},
                            {"totalUses", quota.total_uses},
                            {"fundTargetBytes", quota.fund_target_bytes}};
    co_return co_await order(call("PUT", "/quotas/" + segment(quota.key), json::serialize(body)));
}

Task<ApiResult<void>> AdminApi::delete_quota(std::string key) const {
    co_return co_await order(call("DELETE", "/quotas/" + segment(key)));
}

Task<ApiResult<std::vector<ConnectKey>>> AdminApi::connect_keys() const {
    co_return co_await all("/apps/connect/keys", "", parse_connect_key);
}

Task<ApiResult<ConnectKey>> AdminApi::add_connect_key(std::string description, std::string quota,
                                                      std::string key) const {
    json::object body{{"description", description}, {"quota", quota}};
    if (!key.empty()) body["key"] = key;
    const auto answer =
        CO_TRY(co_await endpoint_.json(call("POST", "/apps/connect/keys", json::serialize(body))));
    co_return CO_TRY(parse_connect_key(answer));
}

Task<ApiResult<void>> AdminApi::delete_connect_key(std::string key) const {
    co_return co_await order(call("DELETE", "/apps/connect/keys/" + segment(key)));
}

Task<ApiResult<void>> AdminApi::register_app_key(std::string connect_key, PublicKey app_key,
                                                 AppInfo app) const {
    const json::object body{{"connectKey", connect_key},
                            {"appKey", to_text(app_key)},
                            {"meta", json::object{{"id", app.id.hex()},
                                                  {"name", app.name},
                                                  {"description", app.description},
                                                  {"logoURL", app.logo_url},
                                                  {"serviceURL", app.service_url}}}};
    co_return co_await order(call("POST", "/apps/register", json::serialize(body)));
}

Task<ApiResult<std::vector<AdminAccount>>> AdminApi::accounts() const {
    co_return co_await all("/accounts", "", parse_admin_account);
}

Task<ApiResult<void>> AdminApi::set_account_limit(PublicKey account,
                                                  std::uint64_t max_pinned_data) const {
    const json::object body{{"maxPinnedData", max_pinned_data}};
    co_return co_await order(call("PATCH", "/account/" + to_text(account), json::serialize(body)));
}

Task<ApiResult<std::vector<AdminHost>>> AdminApi::hosts() const {
    co_return co_await all("/hosts", "", parse_admin_host);
}

Task<ApiResult<std::vector<Contract>>> AdminApi::contracts() const {
    co_return co_await all("/contracts", "&revisable=true", parse_contract);
}

Task<ApiResult<Wallet>> AdminApi::wallet() const {
    co_return co_await get("/wallet", parse_wallet);
}

Task<ApiResult<std::vector<Alert>>> AdminApi::alerts() const {
    co_return co_await all("/alerts", "", parse_alert);
}

Task<ApiResult<ContractStats>> AdminApi::contract_stats() const {
    co_return co_await get("/stats/contracts", parse_contract_stats);
}

Task<ApiResult<SectorStats>> AdminApi::sector_stats() const {
    co_return co_await get("/stats/sectors", parse_sector_stats);
}

Task<ApiResult<HostStats>> AdminApi::host_stats() const {
    co_return co_await get("/stats/hosts", parse_host_stats);
}

Task<ApiResult<AccountStats>> AdminApi::account_stats() const {
    co_return co_await get("/stats/accounts", parse_account_stats);
}

}  // namespace siahub::sia::indexd
