#pragma once
// Which xorbs exist, and their chunk indexes: rows of `xorbs` behind a sharded LRU cache bounded in
// bytes (an index is 40 bytes per chunk, about 40 KiB). A xorb exists when a node has its
// body or Sia does. Indexes
// are immutable. Thread-safe.

#include "core/task.hpp"
#include "db/database.hpp"
#include "xet/xorb_index.hpp"

#include <array>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace siahub::store {

using SharedIndex = std::shared_ptr<const xet::XorbIndex>;

// Indexes loaded together; what does not exist is simply absent.
class IndexSet {
  public:
    void add(SharedIndex index) { indexes_.insert_or_assign(index->xorb, std::move(index)); }
    [[nodiscard]] const xet::XorbIndex* find(const xet::Hash& xorb) const;
    // Refers to this set.
    [[nodiscard]] xet::IndexLookup lookup() const;

  private:
    std::unordered_map<xet::Hash, SharedIndex> indexes_;
};

class XorbCatalog {
  public:
    XorbCatalog(db::Database& database, std::size_t cache_bytes);

    // Code::not_found when there is no such xorb.
    Task<Result<SharedIndex>> find(xet::Hash xorb);
    Task<Result<bool>> contains(xet::Hash xorb);
    // Repeated hashes are loaded once. `xorbs` outlives the call.
    Task<Result<IndexSet>> load(std::span<const xet::Hash> xorbs);

    // For those who write xorbs.
    void put(SharedIndex index);
    void drop(const xet::Hash& xorb);
    [[nodiscard]] CacheStats cache_stats() const;

  private:
    struct Shard {
        mutable std::mutex mutex;
        std::list<SharedIndex> recent;  // newest first
        std::unordered_map<xet::Hash, std::list<SharedIndex>::iterator> entries;
        std::size_t bytes = 0;
        CacheStats stats;
    };
    static constexpr std::size_t kShards = 16;

    Shard& shard_of(const xet::Hash& xorb) { return shards_[xorb.word(1) % kShards]; }
    SharedIndex cached(const xet::Hash& xorb);

    db::Database& database_;
    std::size_t shard_bytes_;
    std::array<Shard, kShards> shards_;
};

}  // namespace siahub::store
