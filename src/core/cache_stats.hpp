#pragma once
// How a cache does, for metrics.

#include <cstddef>
#include <cstdint>

namespace siahub {

struct CacheStats {
    std::uint64_t hits = 0, misses = 0, evictions = 0;
    std::size_t entries = 0;
    std::size_t cost = 0;  // in whatever bounds the cache: bytes, or entries

    CacheStats& operator+=(const CacheStats& other) {
        hits += other.hits;
        misses += other.misses;
        evictions += other.evictions;
        entries += other.entries;
        cost += other.cost;
        return *this;
    }
};

}  // namespace siahub
