#pragma once
// indexd's admin API, for whoever runs it: keys, quotas and accounts, and what hosts, contracts and
// the wallet look like. The password is sent with every request: use https, or the loopback
// interface. Calls are tasks on the threads of the http::Client, which outlives this object; they
// may run at the same time. Errors: ApiError (unknown_key: the password is wrong).

#include "sia/indexd/admin_types.hpp"
#include "sia/indexd/endpoint.hpp"
#include "sia/indexd/signing.hpp"

namespace siahub::sia::indexd {

class AdminApi {
  public:
    // "http://127.0.0.1:9980/api": the stock daemon has it below /api. invalid_argument.
    static Result<AdminApi> open(http::Client& client, std::string_view url,
                                 std::string_view password);

    Task<ApiResult<NodeState>> state() const;

    Task<ApiResult<std::vector<Quota>>> quotas() const;
    Task<ApiResult<void>> put_quota(Quota quota) const;  // makes it, or changes it
    Task<ApiResult<void>> delete_quota(std::string key) const;

    Task<ApiResult<std::vector<ConnectKey>>> connect_keys() const;
    // With an empty `key` indexd thinks of one.
    Task<ApiResult<ConnectKey>> add_connect_key(std::string description, std::string quota,
                                                std::string key = {}) const;
    Task<ApiResult<void>> delete_connect_key(std::string key) const;
    // Makes an app key known, without anyone's approval. For one that is known already it does
    // nothing. not_approved: the connect key has no uses left.
    Task<ApiResult<void>> register_app_key(std::string connect_key, PublicKey app_key,
                                           AppInfo app) const;

    Task<ApiResult<std::vector<AdminAccount>>> accounts() const;
    Task<ApiResult<void>> set_account_limit(PublicKey account, std::uint64_t max_pinned_data) const;

    Task<ApiResult<std::vector<AdminHost>>> hosts() const;
    Task<ApiResult<std::vector<Contract>>> contracts() const;  // those that can be revised
    Task<ApiResult<Wallet>> wallet() const;
    Task<ApiResult<std::vector<Alert>>> alerts() const;

    Task<ApiResult<ContractStats>> contract_stats() const;
    Task<ApiResult<SectorStats>> sector_stats() const;
    Task<ApiResult<HostStats>> host_stats() const;
    Task<ApiResult<AccountStats>> account_stats() const;

  private:
    AdminApi(Endpoint endpoint, std::string authorization)
        : endpoint_(std::move(endpoint)), authorization_(std::move(authorization)) {}

    [[nodiscard]] Call call(std::string method, std::string path, std::string body = {}) const;
    Task<ApiResult<void>> order(Call call) const;
    template <class T>
    Task<ApiResult<T>> get(std::string path, Result<T> (*parse)(const boost::json::value&)) const;
    template <class T>
    Task<ApiResult<std::vector<T>>> all(std::string path, std::string filter,
                                        Result<T> (*parse)(const boost::json::value&)) const;

    Endpoint endpoint_;
    std::string authorization_;
};

}  // namespace siahub::sia::indexd
