#include "sia/test_support/indexd_model.hpp"

namespace siahub::sia::testing {
namespace {

constexpr std::uint64_t kSector = std::uint64_t{4} << 20;

}  // namespace

IndexdModel::IndexdModel(const Clock& clock) : clock_(&clock) {
    put_quota({.key = "default",
               .description = "Default quota",
               .max_pinned_data = 1'000'000'000'000,
               .total_uses = 5,
               .fund_target_bytes = 4'000'000'000});
}

void IndexdModel::put_quota(indexd::Quota quota) {
    quotas_[quota.key] = std::move(quota);
}

Ruled<void> IndexdModel::delete_quota(const std::string& key) {
    for (const auto& [name, connect_key] : connect_keys_)
        if (connect_key.quota == key) return refuse(409, "quota in use");
    if (quotas_.erase(key) == 0) return refuse(404, "quota not found");
    return {};
}

std::vector<indexd::Quota> IndexdModel::quotas() const {
    std::vector<indexd::Quota> all;
    all.reserve(quotas_.size());
    for (const auto& [key, quota] : quotas_)
        all.push_back(quota);
    return all;
}

Ruled<indexd::ConnectKey> IndexdModel::add_connect_key(indexd::ConnectKey key) {
    const auto quota = quotas_.find(key.quota);
    if (quota == quotas_.end()) return refuse(404, "quota not found");
    if (connect_keys_.contains(key.key)) return refuse(409, "key already exists");
    key.remaining_uses = quota->second.total_uses;
    return connect_keys_[key.key] = key;
}

Ruled<void> IndexdModel::delete_connect_key(const std::string& key) {
    for (const auto& [account, owner] : owners_)
        if (owner.connect_key == key)
            return refuse(500, "failed to delete app connect key: key in use");
    if (connect_keys_.erase(key) == 0) return refuse(404, "key not found");
    return {};
}

std::vector<indexd::ConnectKey> IndexdModel::connect_keys() const {
    std::vector<indexd::ConnectKey> all;
    for (const auto& [name, key] : connect_keys_) {
        all.push_back(key);
        all.back().pinned_data = data_of(name);
    }
    return all;
}

bool IndexdModel::has_app(const std::string& connect_key, const Hash256& app) const {
    return std::ranges::any_of(owners_, [&](const auto& owner) {
        return owner.second.connect_key == connect_key && owner.second.app.id == app;
    });
}

bool IndexdModel::has_connect_key(const std::string& key) const {
    return connect_keys_.contains(key);
}

Ruled<void> IndexdModel::register_app(const std::string& connect_key, const PublicKey& account,
                                      const indexd::AppInfo& app) {
    const auto key = connect_keys_.find(connect_key);
    if (key == connect_keys_.end()) return refuse(401, "key not found");
    if (owners_.contains(account)) return {};
    if (key->second.remaining_uses == 0) return refuse(403, "key has no remaining uses");
    --key->second.remaining_uses;
    owners_[account] = {.connect_key = connect_key,
                        .app = app,
                        .max_pinned_data = quotas_.at(key->second.quota).max_pinned_data,
                        .slabs = {},
                        .objects = {}};
    return {};
}

bool IndexdModel::has_account(const PublicKey& account) const {
    return owners_.contains(account);
}

void IndexdModel::remove_account(const PublicKey& account) {
    owners_.erase(account);
    forget_unowned_slabs();
}

Ruled<void> IndexdModel::set_limit(const PublicKey& account, std::uint64_t max_pinned_data) {
    const auto owner = owners_.find(account);
    if (owner == owners_.end()) return refuse(404, "account not found");
    owner->second.max_pinned_data = max_pinned_data;
    return {};
}

indexd::Account IndexdModel::account(const PublicKey& account) const {
    const auto& owner = owners_.at(account);
    const auto& quota = quotas_.at(connect_keys_.at(owner.connect_key).quota);
    const auto left = [](std::uint64_t limit, std::uint64_t used) {
        return limit - std::min(limit, used);
    };
    std::uint64_t size = 0;
    for (const auto& [id, pinned] : owner.slabs)
        size += slabs_.at(id).sectors.size() * kSector;
    return {.key = account,
            .max_pinned_data = std::min(owner.max_pinned_data, quota.max_pinned_data),
            .remaining_storage = std::min(left(owner.max_pinned_data, data_of(owner)),
                                          left(quota.max_pinned_data, data_of(owner.connect_key))),
            .pinned_data = data_of(owner),
            .pinned_size = size,
            .ready = hosts.size() >= 30,
            .app_id = owner.app.id,
            .app_name = owner.app.name,
            .last_used = now()};
}

std::vector<indexd::AdminAccount> IndexdModel::accounts() const {
    std::vector<indexd::AdminAccount> all;
    for (const auto& [key, owner] : owners_) {
        const auto seen = account(key);
        all.push_back({.key = key,
                       .connect_key = owner.connect_key,
                       .app_name = owner.app.name,
                       .max_pinned_data = owner.max_pinned_data,
                       .pinned_data = seen.pinned_data,
                       .pinned_size = seen.pinned_size,
                       .ready = seen.ready});
    }
    return all;
}

std::uint64_t IndexdModel::data_of(const Owner& owner) const {
    std::uint64_t data = 0;
    for (const auto& [id, pinned] : owner.slabs)
        data += slabs_.at(id).min_shards * kSector;
    return data;
}

std::uint64_t IndexdModel::data_of(const std::string& connect_key) const {
    std::uint64_t data = 0;
    for (const auto& [account, owner] : owners_)
        if (owner.connect_key == connect_key) data += data_of(owner);
    return data;
}

std::uint64_t IndexdModel::pinned_size() const {
    std::uint64_t size = 0;
    for (const auto& [id, slab] : slabs_)
        size += slab.sectors.size() * kSector;
    return size;
}

std::vector<Slab> IndexdModel::slabs() const {
    std::vector<Slab> all;
    all.reserve(slabs_.size());
    for (const auto& [id, slab] : slabs_)
        all.push_back(slab);
    return all;
}

Ruled<void> IndexdModel::check_slab(const Slab& slab) const {
    const std::string invalid = "invalid slab pin params: ";
    if (slab.key.is_zero()) return refuse(400, invalid + "encryption key is empty");
    if (const auto fits = check_redundancy({slab.min_shards, slab.sectors.size()}); !fits)
        return refuse(400, invalid + fits.error().message);
    std::set<PublicKey> seen;
    for (const auto& sector : slab.sectors) {
        if (sector.root.is_zero()) return refuse(400, invalid + "sector invalid: root is empty");
        if (sector.host.is_zero())
            return refuse(400, invalid + "sector invalid: host key is empty");
        if (!seen.insert(sector.host).second)
            return refuse(400, invalid + "sector is invalid: duplicate host key");
    }
    return {};
}

Ruled<void> IndexdModel::check_hosts(const Slab& slab) const {
    std::size_t bad = 0;
    for (const auto& sector : slab.sectors) {
        if (has(hosts, sector.host, &Host::key)) continue;
        if (!unusable_hosts.contains(sector.host))
            return refuse(500, "failed to pin slab: unknown host \"" + to_text(sector.host) +
                                   "\" for sector");
        ++bad;
    }
    if (bad * 5 > slab.sectors.size() - slab.min_shards)
        return refuse(400, "slab has too many sectors on bad hosts");
    return {};
}

Ruled<void> IndexdModel::check_quota(const Owner& owner, const std::vector<Slab>& slabs) const {
    std::set<Hash256> counted;
    std::uint64_t added = 0;
    for (const auto& slab : slabs)
        if (const auto id = slab_id(slab); !owner.slabs.contains(id) && counted.insert(id).second)
            added += slab.min_shards * kSector;
    const auto& quota = quotas_.at(connect_keys_.at(owner.connect_key).quota);
    if (added != 0 && data_of(owner) + added > owner.max_pinned_data)
        return refuse(500, "failed to pin slab: app storage limit exceeded");
    if (added != 0 && data_of(owner.connect_key) + added > quota.max_pinned_data)
        return refuse(500, "failed to pin slab: account storage limit exceeded");
    return {};
}

Ruled<std::vector<Hash256>> IndexdModel::pin(const PublicKey& account,
                                             const std::vector<Slab>& slabs) {
    auto& owner = owners_.at(account);
    for (const auto& slab : slabs)
        if (const auto fits = check_slab(slab); !fits) return std::unexpected(fits.error());
    for (const auto& slab : slabs)
        if (const auto fits = check_hosts(slab); !fits) return std::unexpected(fits.error());
    if (const auto fits = check_quota(owner, slabs); !fits) return std::unexpected(fits.error());
    std::vector<Hash256> ids;
    for (const auto& slab : slabs) {
        ids.push_back(slab_id(slab));
        slabs_.try_emplace(ids.back(), slab);
        owner.slabs.try_emplace(ids.back(), now(), ++pins_);
    }
    return ids;
}

Ruled<Slab> IndexdModel::slab(const PublicKey& account, const Hash256& id) const {
    if (!owners_.at(account).slabs.contains(id)) return refuse(404, "slab not found");
    return slabs_.at(id);
}

std::vector<Hash256> IndexdModel::slab_ids(const PublicKey& account) const {
    std::map<std::uint64_t, Hash256, std::greater<>> by_age;
    for (const auto& [id, pinned] : owners_.at(account).slabs)
        by_age[pinned.number] = id;
    std::vector<Hash256> ids;
    ids.reserve(by_age.size());
    for (const auto& [number, id] : by_age)
        ids.push_back(id);
    return ids;
}

bool IndexdModel::is_used(const Owner& owner, const Hash256& slab) const {
    for (const auto& [id, object] : owner.objects)
        if (!object.deleted && has(object.pin.parts, slab, &ObjectPin::Part::slab)) return true;
    return false;
}

void IndexdModel::forget_unowned_slabs() {
    std::erase_if(slabs_, [this](const auto& slab) {
        return std::ranges::none_of(
            owners_, [&](const auto& owner) { return owner.second.slabs.contains(slab.first); });
    });
}

Ruled<void> IndexdModel::unpin(const PublicKey& account, const Hash256& id) {
    auto& owner = owners_.at(account);
    if (!owner.slabs.contains(id)) return refuse(404, "slab " + id.hex() + " not found");
    if (is_used(owner, id))
        return refuse(409, "slab " + id.hex() + ": slab is in use by an object");
    owner.slabs.erase(id);
    forget_unowned_slabs();
    return {};
}

void IndexdModel::prune(const PublicKey& account, std::int64_t before) {
    auto& owner = owners_.at(account);
    std::erase_if(owner.slabs, [&](const auto& slab) {
        return slab.second.at < before && !is_used(owner, slab.first);
    });
    forget_unowned_slabs();
}

}  // namespace siahub::sia::testing
