#pragma once
// A cache bounded by the summed cost of its values, least recently used out first. Thread-safe:
// keys are spread over shards, each with its own lock. Values are copied out, so keep them small or
// shared.

#include "core/cache_stats.hpp"

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace siahub::hub {

template <class Key, class Value, class Hash>
class LruCache {
  public:
    explicit LruCache(std::size_t max_cost, std::size_t shards = 8)
        : shard_cost_(max_cost / shards), shards_(shards) {}

    std::optional<Value> get(const Key& key) {
        auto& shard = shard_of(key);
        const std::lock_guard guard(shard.mutex);
        const auto found = shard.index.find(key);
        if (found == shard.index.end()) {
            ++shard.stats.misses;
            return std::nullopt;
        }
        ++shard.stats.hits;
        shard.order.splice(shard.order.begin(), shard.order, found->second);
        return found->second->value;
    }

    // Replaces an earlier value.
    void put(const Key& key, Value value, std::size_t cost) {
        auto& shard = shard_of(key);
        const std::lock_guard guard(shard.mutex);
        remove(shard, key);
        if (cost > shard_cost_) return;
        shard.order.push_front(Item{key, std::move(value), cost});
        shard.index.emplace(key, shard.order.begin());
        shard.cost += cost;
        while (shard.cost > shard_cost_) {
            ++shard.stats.evictions;
            remove(shard, Key(shard.order.back().key));
        }
    }

    void erase(const Key& key) {
        auto& shard = shard_of(key);
        const std::lock_guard guard(shard.mutex);
        remove(shard, key);
    }

    [[nodiscard]] CacheStats stats() const {
        CacheStats all;
        for (auto& shard : shards_) {
            const std::lock_guard guard(shard.mutex);
            auto stats = shard.stats;
            stats.entries = shard.index.size();
            stats.cost = shard.cost;
            all += stats;
        }
        return all;
    }

  private:
    struct Item {
        Key key;
        Value value;
        std::size_t cost;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::list<Item> order;  // most recent first
        std::unordered_map<Key, typename std::list<Item>::iterator, Hash> index;
        std::size_t cost = 0;
        CacheStats stats;
    };

    Shard& shard_of(const Key& key) { return shards_[(Hash{}(key) >> 24) % shards_.size()]; }

    static void remove(Shard& shard, const Key& key) {
        const auto found = shard.index.find(key);
        if (found == shard.index.end()) return;
        shard.cost -= found->second->cost;
        shard.order.erase(found->second);
        shard.index.erase(found);
    }

    const std::size_t shard_cost_;
    std::vector<Shard> shards_;
};

}  // namespace siahub::hub
