#include "sia/indexd/admin_types.hpp"

#include "sia/indexd/app_types.hpp"

#include <boost/json/array.hpp>

namespace siahub::sia::indexd {
namespace {

namespace json = boost::json;

template <class T>
Result<T> checked(const JsonObject& in, T value) {
    TRY(in.status());
    return value;
}

Result<void> read_settings(JsonObject settings, AdminHost& host) {
    host.release = settings.text("release");
    host.protocol_version = settings.text("protocolVersion");
    host.accepting_contracts = settings.flag("acceptingContracts");
    host.remaining_sectors = settings.number("remainingStorage");
    host.total_sectors = settings.number("totalStorage");
    auto prices = settings.object("prices");
    host.storage_price = prices.currency("storagePrice");
    host.ingress_price = prices.currency("ingressPrice");
    host.egress_price = prices.currency("egressPrice");
    settings.adopt(prices.status());
    return settings.status();
}

// The names of the checks that the host does not pass.
std::vector<std::string> failed_checks(const json::value& host) {
    std::vector<std::string> names;
    const auto* checks = host.as_object().if_contains("usability");
    if (checks == nullptr || !checks->is_object()) return names;
    for (const auto& [name, passed] : checks->as_object())
        if (passed.is_bool() && !passed.as_bool()) names.emplace_back(name);
    return names;
}

}  // namespace

Result<NodeState> parse_node_state(const json::value& value) {
    JsonObject in(value, "its state");
    return checked(in, NodeState{.version = in.text("version"),
                                 .network = in.text("network"),
                                 .sync_height = in.number("syncHeight"),
                                 .scan_height = in.number("scanHeight"),
                                 .synced = in.flag("synced")});
}

Result<Quota> parse_quota(const json::value& value) {
    JsonObject in(value, "a quota");
    return checked(in, Quota{.key = in.required("key").text("key"),
                             .description = in.text("description"),
                             .max_pinned_data = in.number("maxPinnedData"),
                             .total_uses = in.number("totalUses"),
                             .fund_target_bytes = in.number("fundTargetBytes")});
}

Result<ConnectKey> parse_connect_key(const json::value& value) {
    JsonObject in(value, "a connect key");
    return checked(in, ConnectKey{.key = in.required("key").text("key"),
                                  .description = in.text("description"),
                                  .quota = in.text("quota"),
                                  .remaining_uses = in.number("remainingUses"),
                                  .pinned_data = in.number("pinnedData"),
                                  .pinned_size = in.number("pinnedSize")});
}

Result<AdminAccount> parse_admin_account(const json::value& value) {
    JsonObject in(value, "an account");
    AdminAccount account{.key = in.required("accountKey").public_key("accountKey"),
                         .connect_key = in.text("connectKey"),
                         .max_pinned_data = in.number("maxPinnedData"),
                         .pinned_data = in.number("pinnedData"),
                         .pinned_size = in.number("pinnedSize"),
                         .ready = in.flag("ready")};
    auto app = in.object("app");
    account.app_name = app.text("name");
    in.adopt(app.status());
    return checked(in, std::move(account));
}

Result<AdminHost> parse_admin_host(const json::value& value) {
    AdminHost host{.host = TRY(parse_host(value))};
    JsonObject in(value, "a host");
    host.recent_uptime = in.real("recentUptime");
    host.blocked = in.flag("blocked");
    host.lost_sectors = in.number("lostSectors");
    host.unpinned_sectors = in.number("unpinnedSectors");
    host.total_spent = in.currency("totalSpent");
    host.last_successful_scan = in.time("lastSuccessfulScan");
    in.adopt(read_settings(in.object("settings"), host));
    host.unusable_because = failed_checks(value);
    host.host.good_for_upload = !host.blocked && host.unusable_because.empty();
    return checked(in, std::move(host));
}

Result<Contract> parse_contract(const json::value& value) {
    JsonObject in(value, "a contract");
    return checked(in, Contract{.id = in.required("id").text("id"),
                                .host = in.required("hostKey").public_key("hostKey"),
                                .state = in.text("state"),
                                .good = in.flag("good"),
                                .size = in.number("size"),
                                .capacity = in.number("capacity"),
                                .expiration_height = in.number("expirationHeight"),
                                .initial_allowance = in.currency("initialAllowance"),
                                .remaining_allowance = in.currency("remainingAllowance")});
}

Result<Wallet> parse_wallet(const json::value& value) {
    JsonObject in(value, "a wallet");
    return checked(in, Wallet{.address = in.required("address").text("address"),
                              .spendable = in.currency("spendable"),
                              .confirmed = in.currency("confirmed"),
                              .unconfirmed = in.currency("unconfirmed"),
                              .immature = in.currency("immature")});
}

Result<Alert> parse_alert(const json::value& value) {
    JsonObject in(value, "an alert");
    return checked(in, Alert{.id = in.text("id"),
                             .severity = in.text("severity"),
                             .message = in.required("message").text("message"),
                             .timestamp = in.time("timestamp")});
}

Result<ContractStats> parse_contract_stats(const json::value& value) {
    JsonObject in(value, "the numbers of contracts");
    return checked(in, ContractStats{.contracts = in.required("contracts").number("contracts"),
                                     .bad = in.number("badContracts"),
                                     .renewing = in.number("renewing"),
                                     .capacity = in.number("totalCapacity"),
                                     .size = in.number("totalSize"),
                                     .locked_allowance = in.currency("lockedAllowance"),
                                     .remaining_allowance = in.currency("remainingAllowance")});
}

Result<SectorStats> parse_sector_stats(const json::value& value) {
    JsonObject in(value, "the numbers of sectors");
    return checked(in, SectorStats{.slabs = in.required("slabs").number("slabs"),
                                   .migrated = in.number("migrated"),
                                   .pinned = in.number("pinned"),
                                   .unpinned = in.number("unpinned"),
                                   .unpinnable = in.number("unpinnable"),
                                   .lost = in.number("lost")});
}

Result<HostStats> parse_host_stats(const json::value& value) {
    JsonObject in(value, "the numbers of hosts");
    return checked(in, HostStats{.active = in.required("active").number("active"),
                                 .good_for_upload = in.number("goodForUpload"),
                                 .scans = in.number("totalScans"),
                                 .failed_scans = in.number("failedScans")});
}

Result<AccountStats> parse_account_stats(const json::value& value) {
    JsonObject in(value, "the numbers of accounts");
    return checked(in, AccountStats{.registered = in.required("registered").number("registered"),
                                    .active = in.number("active"),
                                    .pinned_data = in.number("pinnedData"),
                                    .pinned_size = in.number("pinnedSize")});
}

}  // namespace siahub::sia::indexd
