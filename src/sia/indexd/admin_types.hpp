#pragma once
// What indexd's admin API tells about its hosts, contracts, wallet and numbers: as much of it as
// somebody who runs a hub wants to see. Plain values; the parsers take foreign JSON and answer a
// typed error.

#include "sia/host.hpp"
#include "sia/indexd/json_reader.hpp"

namespace siahub::sia::indexd {

struct NodeState {
    std::string version{}, network{};
    std::uint64_t sync_height = 0, scan_height = 0;
    bool synced = false;
};

struct Quota {
    std::string key{}, description{};
    std::uint64_t max_pinned_data = 0, total_uses = 0, fund_target_bytes = 0;
};

struct ConnectKey {
    std::string key{}, description{}, quota{};
    std::uint64_t remaining_uses = 0, pinned_data = 0, pinned_size = 0;
};

struct AdminAccount {
    PublicKey key{};
    std::string connect_key{}, app_name{};
    std::uint64_t max_pinned_data = 0, pinned_data = 0, pinned_size = 0;
    bool ready = false;
};

struct AdminHost {
    Host host{};  // good_for_upload: usable and not blocked
    std::string release{}, protocol_version{};
    double recent_uptime = 0;
    bool blocked = false, accepting_contracts = false;
    std::vector<std::string> unusable_because{};  // names of failed checks: "storagePrice"
    std::uint64_t remaining_sectors = 0, total_sectors = 0;
    std::uint64_t lost_sectors = 0, unpinned_sectors = 0;
    Currency storage_price{}, ingress_price{}, egress_price{};  // hastings per byte (and block)
    Currency total_spent{};
    std::int64_t last_successful_scan = 0;
};

struct Contract {
    std::string id{};
    PublicKey host{};
    std::string state{};  // "pending", "active", …
    bool good = false;
    std::uint64_t size = 0, capacity = 0, expiration_height = 0;
    Currency initial_allowance{}, remaining_allowance{};
};

struct Wallet {
    std::string address{};
    Currency spendable{}, confirmed{}, unconfirmed{}, immature{};
};

struct Alert {
    std::string id{}, severity{}, message{};
    std::int64_t timestamp = 0;
};

struct ContractStats {
    std::uint64_t contracts = 0, bad = 0, renewing = 0, capacity = 0, size = 0;
    Currency locked_allowance{}, remaining_allowance{};
};
struct SectorStats {
    std::uint64_t slabs = 0, migrated = 0, pinned = 0, unpinned = 0, unpinnable = 0, lost = 0;
};
struct HostStats {
    std::uint64_t active = 0, good_for_upload = 0, scans = 0, failed_scans = 0;
};
struct AccountStats {
    std::uint64_t registered = 0, active = 0, pinned_data = 0, pinned_size = 0;
};

Result<NodeState> parse_node_state(const boost::json::value& value);
Result<Quota> parse_quota(const boost::json::value& value);
Result<ConnectKey> parse_connect_key(const boost::json::value& value);
Result<AdminAccount> parse_admin_account(const boost::json::value& value);
Result<AdminHost> parse_admin_host(const boost::json::value& value);
Result<Contract> parse_contract(const boost::json::value& value);
Result<Wallet> parse_wallet(const boost::json::value& value);
Result<Alert> parse_alert(const boost::json::value& value);
Result<ContractStats> parse_contract_stats(const boost::json::value& value);
Result<SectorStats> parse_sector_stats(const boost::json::value& value);
Result<HostStats> parse_host_stats(const boost::json::value& value);
Result<AccountStats> parse_account_stats(const boost::json::value& value);

}  // namespace siahub::sia::indexd
