#pragma once
// A small cache of values that may be stale for a time: what a key or a session resolves to.
// Bounded in entries, least recently used first out, striped locks. Values are copied out: make V
// cheap to copy (a shared_ptr). Thread-safe.

#include "core/cache_stats.hpp"
#include "core/clock.hpp"

#include <array>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace siahub::kv {

template <class K, class V, class HashOf = std::hash<K>>
class TtlCache {
  public:
    TtlCache(const Clock& clock, std::size_t max_entries, UnixMillis ttl)
        : clock_(clock),
          stripe_entries_(std::max<std::size_t>(max_entries / kStripes, 1)),
          ttl_(ttl) {}

    std::optional<V> get(const K& key) {
        const auto now = clock_.now();
        Stripe& stripe = stripe_of(key);
        const std::scoped_lock guard(stripe.mutex);
        const auto found = stripe.entries.find(key);
        if (found == stripe.entries.end()) {
            ++stripe.stats.misses;
            return std::nullopt;
        }
        if (now >= found->second->expires) {
            ++stripe.stats.misses;
            stripe.recent.erase(found->second);
            stripe.entries.erase(found);
            return std::nullopt;
        }
        ++stripe.stats.hits;
        stripe.recent.splice(stripe.recent.begin(), stripe.recent, found->second);
        return found->second->value;
    }

    void put(const K& key, V value) { put(key, std::move(value), ttl_); }
    void put(const K& key, V value, UnixMillis ttl) {
        const auto expires = clock_.now() + ttl;
        Stripe& stripe = stripe_of(key);
        const std::scoped_lock guard(stripe.mutex);
        erase_from(stripe, key);
        if (stripe.entries.size() >= stripe_entries_) {
            ++stripe.stats.evictions;
            stripe.entries.erase(stripe.recent.back().key);
            stripe.recent.pop_back();
        }
        stripe.recent.push_front({key, std::move(value), expires});
        stripe.entries.emplace(key, stripe.recent.begin());
    }

    void erase(const K& key) {
        Stripe& stripe = stripe_of(key);
        const std::scoped_lock guard(stripe.mutex);
        erase_from(stripe, key);
    }

    void clear() {
        for (Stripe& stripe : stripes_) {
            const std::scoped_lock guard(stripe.mutex);
            stripe.entries.clear();
            stripe.recent.clear();
        }
    }

    [[nodiscard]] CacheStats stats() const {
        CacheStats all;
        for (const Stripe& stripe : stripes_) {
            const std::scoped_lock guard(stripe.mutex);
            auto stats = stripe.stats;
            stats.entries = stats.cost = stripe.entries.size();
            all += stats;
        }
        return all;
    }

  private:
    struct Entry {
        K key;
        V value;
        UnixMillis expires;
    };
    struct Stripe {
        mutable std::mutex mutex;
        std::list<Entry> recent;  // newest first
        std::unordered_map<K, typename std::list<Entry>::iterator, HashOf> entries;
        CacheStats stats;
    };
    static constexpr std::size_t kStripes = 8;

    // High bits, so that keys of one stripe still differ in the bits that pick a bucket.
    Stripe& stripe_of(const K& key) { return stripes_[(HashOf{}(key) >> 57) % kStripes]; }
    static void erase_from(Stripe& stripe, const K& key) {
        const auto found = stripe.entries.find(key);
        if (found == stripe.entries.end()) return;
        stripe.recent.erase(found->second);
        stripe.entries.erase(found);
    }

    const Clock& clock_;
    std::size_t stripe_entries_;
    UnixMillis ttl_;
    std::array<Stripe, kStripes> stripes_;
};

}  // namespace siahub::kv
