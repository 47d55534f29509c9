#pragma once
// A bounded LRU of open descriptors by xorb. A file that falls out stays open for those who hold
// it. Thread-safe.

#include "core/cache_stats.hpp"
#include "store/bodies.hpp"

#include <list>
#include <mutex>
#include <unordered_map>

namespace siahub::store {

class OpenFiles {
  public:
    explicit OpenFiles(std::size_t max_open) : max_open_(std::max<std::size_t>(max_open, 1)) {}

    SharedFile find(const xet::Hash& xorb);  // null when it is not open
    void put(const xet::Hash& xorb, SharedFile file);
    void drop(const xet::Hash& xorb);

    [[nodiscard]] CacheStats stats() const;

  private:
    using Lru = std::list<std::pair<xet::Hash, SharedFile>>;

    std::size_t max_open_;
    mutable std::mutex mutex_;
    CacheStats stats_;
    Lru recent_;  // newest first
    std::unordered_map<xet::Hash, Lru::iterator> open_;
};

}  // namespace siahub::store
