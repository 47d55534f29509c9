#pragma once
// What indexd keeps and the rules by which it changes: accounts, quotas, slabs, objects, events.
// For tests; without HTTP and without disk. Refusals have indexd's own statuses and words. Not
// thread-safe: FakeIndexd holds a lock. Facts: indexd's slabs, accounts and persist packages.

#include "core/clock.hpp"
#include "sia/host.hpp"
#include "sia/indexd/admin_types.hpp"
#include "sia/indexd/app_types.hpp"
#include "sia/indexd/signing.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace siahub::sia::testing {

struct Refusal {
    unsigned status = 500;
    std::string text;
};
template <class T>
using Ruled = std::expected<T, Refusal>;

inline std::unexpected<Refusal> refuse(unsigned status, std::string text) {
    return std::unexpected(Refusal{status, std::move(text)});
}

template <class Range, class Value, class Projection>
bool has(const Range& range, const Value& value, Projection projection) {
    return std::ranges::find(range, value, projection) != std::ranges::end(range);
}

// An object as it is posted: by the ids of its slabs.
struct ObjectPin {
    struct Part {
        Hash256 slab;
        std::uint32_t offset = 0, length = 0;
    };
    Hash256 id;
    std::vector<Part> parts;
    SealedObject seals;  // without slabs
};

class IndexdModel {
  public:
    explicit IndexdModel(const Clock& clock);

    // Hosts with a good contract. What is pinned on others counts as lost.
    std::vector<Host> hosts;
    // Hosts that it knows besides. Slabs on any others are refused.
    std::set<PublicKey> unusable_hosts;

    void put_quota(indexd::Quota quota);
    Ruled<void> delete_quota(const std::string& key);
    [[nodiscard]] std::vector<indexd::Quota> quotas() const;
    Ruled<indexd::ConnectKey> add_connect_key(indexd::ConnectKey key);
    Ruled<void> delete_connect_key(const std::string& key);
    [[nodiscard]] std::vector<indexd::ConnectKey> connect_keys() const;
    [[nodiscard]] bool has_connect_key(const std::string& key) const;
    [[nodiscard]] bool has_app(const std::string& connect_key, const Hash256& app) const;
    Ruled<void> register_app(const std::string& connect_key, const PublicKey& account,
                             const indexd::AppInfo& app);

    [[nodiscard]] bool has_account(const PublicKey& account) const;
    // What it had pinned alone is gone.
    void remove_account(const PublicKey& account);
    Ruled<void> set_limit(const PublicKey& account, std::uint64_t max_pinned_data);
    [[nodiscard]] indexd::Account account(const PublicKey& account) const;
    [[nodiscard]] std::vector<indexd::AdminAccount> accounts() const;

    // All or none.
    Ruled<std::vector<Hash256>> pin(const PublicKey& account, const std::vector<Slab>& slabs);
    Ruled<Slab> slab(const PublicKey& account, const Hash256& id) const;
    [[nodiscard]] std::vector<Hash256> slab_ids(const PublicKey& account) const;  // newest first
    Ruled<void> unpin(const PublicKey& account, const Hash256& id);
    void prune(const PublicKey& account, std::int64_t before);

    Ruled<void> pin_object(const PublicKey& account, ObjectPin object);
    Ruled<SealedObject> object(const PublicKey& account, const Hash256& id) const;
    Ruled<void> delete_object(const PublicKey& account, const Hash256& id);
    [[nodiscard]] std::vector<indexd::ObjectEvent> events(const PublicKey& account,
                                                          const indexd::EventCursor& after,
                                                          std::size_t limit) const;
    void block(const Hash256& object) { blocked_.insert(object); }

    // What a repair does: the shard lies on another host, its objects have changed. How many slabs.
    std::size_t move_sector(const Hash256& root, const PublicKey& to);

    [[nodiscard]] std::uint64_t pinned_size() const;
    [[nodiscard]] std::size_t slab_count() const { return slabs_.size(); }
    [[nodiscard]] std::vector<Slab> slabs() const;

  private:
    struct StoredObject {
        ObjectPin pin;
        bool deleted = false;
        std::int64_t created_at = 0, updated_at = 0;
    };
    struct Pinned {
        std::int64_t at = 0;
        std::uint64_t number = 0;
    };
    struct Owner {
        std::string connect_key;
        indexd::AppInfo app;
        std::uint64_t max_pinned_data = 0;
        std::map<Hash256, Pinned> slabs;
        std::map<Hash256, StoredObject> objects;
    };

    [[nodiscard]] std::int64_t now() const { return clock_->now() / 1000; }
    [[nodiscard]] std::uint64_t data_of(const Owner& owner) const;
    [[nodiscard]] std::uint64_t data_of(const std::string& connect_key) const;
    Ruled<void> check_slab(const Slab& slab) const;
    [[nodiscard]] Ruled<void> check_hosts(const Slab& slab) const;
    Ruled<void> check_quota(const Owner& owner, const std::vector<Slab>& slabs) const;
    [[nodiscard]] bool is_used(const Owner& owner, const Hash256& slab) const;
    [[nodiscard]] SealedObject sealed(const StoredObject& object) const;
    void forget_unowned_slabs();

    const Clock* clock_;
    std::map<std::string, indexd::Quota> quotas_;
    std::map<std::string, indexd::ConnectKey> connect_keys_;
    std::map<PublicKey, Owner> owners_;
    std::map<Hash256, Slab> slabs_;
    std::set<Hash256> blocked_;
    std::uint64_t pins_ = 0;
};

}  // namespace siahub::sia::testing
