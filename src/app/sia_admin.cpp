#include "app/sia_admin.hpp"

#include "core/encoding.hpp"

#include <boost/json.hpp>

namespace siahub::app {
namespace {

namespace json = boost::json;

json::value time_json(UnixMillis time) {
    if (time == 0) return nullptr;
    return json::string(to_iso8601(time));
}

json::object count_json(const store::PinCount& count) {
    return {{"xorbs", count.xorbs}, {"bytes", count.bytes}};
}

json::object pinning_json(const store::PinStatus& status) {
    const auto rate = status.upload_seconds > 0
                          ? static_cast<double>(status.pinned_bytes) / status.upload_seconds
                          : 0.0;
    return {{"pinned_xorbs", status.pinned_xorbs},
            {"pinned_bytes", status.pinned_bytes},
            {"uploading_bytes", status.uploading_bytes},
            {"bytes_per_second", rate},
            {"failed_batches", status.failed_batches},
            {"verified_samples", status.verified_samples},
            {"objects_adopted", status.adopted},
            {"objects_removed", status.removed},
            {"last_pinned", time_json(status.last_pinned)},
            {"failing_since", time_json(status.failing_since)},
            {"next_try", time_json(status.next_try)},
            {"last_error", status.last_error}};
}

json::object snapshots_json(const KeeperStatus& status) {
    return {{"newest", time_json(status.newest_at)},
            {"checked", time_json(status.checked_at)},
            {"running", status.is_running},
            {"stored", status.taken},
            {"stored_bytes", status.stored_bytes},
            {"rows", status.last.rows},
            {"bytes", status.last.bytes},
            {"failed", status.failed},
            {"failing_since", time_json(status.failing_since)},
            {"last_error", status.last_error}};
}

json::object info_json(const store::PinInfo& info) {
    json::object object{{"xorb", info.xorb.hex()},
                        {"state", info.state},
                        {"node", info.node},
                        {"bytes", info.size},
                        {"tries", info.tries},
                        {"since", time_json(info.since)},
                        {"waiting_since", time_json(info.waiting_since)},
                        {"last_error", info.last_error}};
    if (info.state != "pinned") object["next_try"] = time_json(info.next_try);
    if (info.object) object["object"] = to_hex(info.object->id);
    return object;
}

// In hastings: numbers of JSON are too small for them.
std::string decimal(sia::Currency currency) {
    __extension__ using Wide = unsigned __int128;
    auto value = (Wide{currency.high} << 64) | currency.low;
    std::string digits;
    do {
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
        value /= 10;
    } while (value > 0);
    return digits;
}

// Bytes and slabs that one host has a part in.
struct Share {
    std::uint64_t bytes = 0;  // of shards that cover the bodies, parity too
    std::uint64_t sectors = 0;
};
using Shares = std::map<sia::PublicKey, Share>;

void add_shares(Shares& shares, const sia::SealedObject& object) {
    for (const auto& slice : object.slabs)
        for (const auto& sector : slice.slab.sectors) {
            auto& share = shares[sector.host];
            share.bytes += slice.length / std::max<std::uint32_t>(1, slice.slab.min_shards);
            ++share.sectors;
        }
}

json::object slab_json(const sia::SlabSlice& slice) {
    json::array sectors;
    for (const auto& sector : slice.slab.sectors)
        sectors.push_back(
            json::object{{"root", sector.root.hex()}, {"host", sia::to_text(sector.host)}});
    return {{"id", sia::slab_id(slice.slab).hex()},
            {"offset", slice.offset},
            {"length", slice.length},
            {"data_shards", slice.slab.min_shards},
            {"sectors", std::move(sectors)}};
}

json::object host_json(const sia::HostPool::View& view) {
    json::object object{{"key", sia::to_text(view.host.key)},
                        {"country", view.host.country_code},
                        {"latitude", view.host.latitude},
                        {"longitude", view.host.longitude},
                        {"good_for_upload", view.host.good_for_upload},
                        {"failure_rate", view.failure_rate},
                        {"in_flight", view.in_flight},
                        {"last_error", view.last_error}};
    json::array addresses;
    for (const auto& address : view.host.addresses)
        addresses.push_back(json::string(address.protocol + "://" + address.address));
    object["addresses"] = std::move(addresses);
    for (const auto* name : {"storage_price", "ingress_price", "egress_price"})
        object[name] = nullptr;
    if (view.prices) {
        object["storage_price"] = decimal(view.prices->storage);
        object["ingress_price"] = decimal(view.prices->ingress);
        object["egress_price"] = decimal(view.prices->egress);
    }
    if (view.write_bytes_per_second)
        object["write_bytes_per_second"] = *view.write_bytes_per_second;
    if (view.read_bytes_per_second) object["read_bytes_per_second"] = *view.read_bytes_per_second;
    if (view.latency) object["latency_seconds"] = view.latency->count();
    return object;
}

json::array shares_json(const Shares& shares, const std::vector<sia::HostPool::View>& hosts) {
    json::array list;
    for (const auto& [key, share] : shares) {
        json::object entry{
            {"host", sia::to_text(key)}, {"bytes", share.bytes}, {"sectors", share.sectors}};
        const auto known = std::ranges::find(hosts, key, [](const auto& v) { return v.host.key; });
        if (known != hosts.end()) {
            entry["country"] = known->host.country_code;
            entry["latitude"] = known->host.latitude;
            entry["longitude"] = known->host.longitude;
        }
        list.push_back(std::move(entry));
    }
    return list;
}

Failure no_admin_api() {
    return fail(Code::not_found,
                "This hub was not told indexd's admin API: sia.admin_url is not set");
}

}  // namespace

Result<std::unique_ptr<SiaAdminView>> SiaAdminView::open(const config::Sia& config, HubSia& sia,
                                                         net::IoThreads& io) {
    auto view = std::make_unique<SiaAdminView>(sia);
    if (config.admin_url.empty()) return view;
    view->client_ = TRY(http::Client::open(io, {}));
    view->admin_ =
        TRY(sia::indexd::AdminApi::open(*view->client_, config.admin_url, config.admin_password));
    return view;
}

std::optional<std::size_t> SiaAdminView::host_count() const {
    const auto finding = sia_.finding();
    if (finding.asked_at == 0) return std::nullopt;
    return finding.hosts;
}

cas::SiaAdmin::Json SiaAdminView::overview() {
    const auto finding = sia_.finding();
    const auto redundancy = sia_.link().redundancy();
    json::object object{{"state", to_string(finding.state)},
                        {"cause", finding.cause},
                        {"remedy", finding.remedy},
                        {"asked_at", time_json(finding.asked_at)},
                        {"hosts", finding.hosts},
                        {"hosts_good_for_upload", finding.good_hosts},
                        {"data_shards", redundancy.data},
                        {"total_shards", redundancy.total},
                        {"slab_bytes", redundancy.slab_bytes()},
                        {"pinning", pinning_json(sia_.pinning())},
                        {"snapshots", snapshots_json(sia_.snapshots())}};
    if (finding.account)
        object["account"] = json::object{{"key", sia::to_text(finding.account->key)},
                                         {"pinned_data", finding.account->pinned_data},
                                         {"pinned_size", finding.account->pinned_size},
                                         {"max_pinned_data", finding.account->max_pinned_data},
                                         {"remaining_storage", finding.account->remaining_storage}};
    const auto load = co_await sia_.link().client().load();
    object["load"] = json::object{{"writes", load.writes},
                                  {"reads", load.reads},
                                  {"upload_memory", load.upload_bytes},
                                  {"download_memory", load.download_bytes}};
    co_return object;
}

cas::SiaAdmin::Json SiaAdminView::queue() {
    constexpr std::size_t most = 100;
    json::object states;
    for (const auto& [state, count] : CO_TRY(co_await sia_.store().pins.counts()))
        states[state] = count_json(count);
    json::array failures;
    for (const auto& info : CO_TRY(co_await sia_.store().pins.failures(most)))
        failures.push_back(info_json(info));
    co_return json::object{{"states", std::move(states)}, {"failures", std::move(failures)}};
}

cas::SiaAdmin::Json SiaAdminView::hosts() {
    json::array list;
    for (const auto& view : CO_TRY(co_await sia_.link().client().hosts()))
        list.push_back(host_json(view));
    co_return json::object{{"hosts", std::move(list)}};
}

cas::SiaAdmin::Json SiaAdminView::xorb(xet::Hash xorb) {
    const auto info = CO_TRY(co_await sia_.store().pins.find(xorb));
    if (!info) co_return fail(Code::not_found, "Nothing is known of this xorb on Sia");
    auto object = info_json(*info);
    if (info->object) {
        const auto sealed = CO_TRY(sia::decode_sealed_object(info->object->sealed));
        json::array slabs;
        for (const auto& slice : sealed.slabs)
            slabs.push_back(slab_json(slice));
        object["slabs"] = std::move(slabs);
    }
    co_return object;
}

cas::SiaAdmin::Json SiaAdminView::shares(std::vector<xet::Hash> xorbs) {
    const auto infos = CO_TRY(co_await sia_.store().pins.find_all(xorbs));
    Shares shares;
    json::array list;
    std::size_t pinned = 0;
    for (const auto& info : infos) {
        list.push_back(info_json(info));
        if (!info.object) continue;
        ++pinned;
        add_shares(shares, CO_TRY(sia::decode_sealed_object(info.object->sealed)));
    }
    // Where they are is also shown when indexd does not answer, without countries.
    const auto hosts = co_await sia_.link().client().hosts();
    co_return json::object{
        {"xorbs", std::move(list)},
        {"pinned", pinned == xorbs.size()},
        {"hosts", shares_json(shares, hosts ? *hosts : std::vector<sia::HostPool::View>{})}};
}

cas::SiaAdmin::Json SiaAdminView::placement(std::vector<xet::Hash> xorbs) {
    Shares shares;
    json::array slabs;
    for (const auto& info : CO_TRY(co_await sia_.store().pins.find_all(xorbs))) {
        if (!info.object) continue;
        const auto sealed = CO_TRY(sia::decode_sealed_object(info.object->sealed));
        add_shares(shares, sealed);
        for (const auto& slice : sealed.slabs) {
            auto slab = slab_json(slice);
            slab["xorb"] = info.xorb.hex();
            slabs.push_back(std::move(slab));
        }
    }
    const auto hosts = co_await sia_.link().client().hosts();
    co_return json::object{
        {"slabs", std::move(slabs)},
        {"hosts", shares_json(shares, hosts ? *hosts : std::vector<sia::HostPool::View>{})}};
}

std::optional<std::size_t> SiaAdminView::slab_count(const store::RemoteObject& object) const {
    const auto sealed = sia::decode_sealed_object(object.sealed);
    if (!sealed) return std::nullopt;
    return sealed->slabs.size();
}

cas::SiaAdmin::Json SiaAdminView::wallet() {
    if (!admin_) co_return no_admin_api();
    const auto wallet = CO_TRY(co_await admin_->wallet());
    json::array alerts;
    for (const auto& alert : CO_TRY(co_await admin_->alerts()))
        alerts.push_back(json::object{{"severity", alert.severity}, {"message", alert.message}});
    co_return json::object{{"address", wallet.address},
                           {"spendable", decimal(wallet.spendable)},
                           {"confirmed", decimal(wallet.confirmed)},
                           {"unconfirmed", decimal(wallet.unconfirmed)},
                           {"immature", decimal(wallet.immature)},
                           {"alerts", std::move(alerts)}};
}

cas::SiaAdmin::Json SiaAdminView::contracts() {
    if (!admin_) co_return no_admin_api();
    json::array list;
    for (const auto& contract : CO_TRY(co_await admin_->contracts()))
        list.push_back(
            json::object{{"id", contract.id},
                         {"host", sia::to_text(contract.host)},
                         {"state", contract.state},
                         {"good", contract.good},
                         {"size", contract.size},
                         {"capacity", contract.capacity},
                         {"expiration_height", contract.expiration_height},
                         {"remaining_allowance", decimal(contract.remaining_allowance)}});
    co_return json::object{{"contracts", std::move(list)}};
}

}  // namespace siahub::app
