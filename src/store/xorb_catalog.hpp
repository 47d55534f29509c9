#pragma once
// Which xorbs exist, and their chunk indexes: rows of `xorbs` behind a sharded LRU cache bounded in
// bytes (an index is 40 bytes per chunk, about 40 KiB). A xorb exists when a node has its body or
// Sia does. Indexes are immutable, but a xorb whose nodes are lost may be stored anew in another
// serialization, by another process: where there are any, an entry is believed for a while only.
// Thread-safe.

#include "core/task.hpp"
#include "db/database.hpp"
#include "xet/xorb_index.hpp"

#include <array>
#include <chrono>
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
    using Time = std::chrono::steady_clock;
    // For processes that share a database: what a read of an index costs each of them this often.
    static constexpr std::chrono::seconds kSharedTrust{10};

    // `trust`: for how long an entry is believed; nothing: for ever.
    XorbCatalog(db::Database& database, std::size_t cache_bytes,
                std::optional<Time::duration> trust = {});

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
    struct Entry {
        SharedIndex index;
        Time::time_point read_at;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::list<Entry> recent;  // newest first
        std::unordered_map<xet::Hash, std::list<Entry>::iterator> entries;
        std::size_t bytes = 0;
        CacheStats stats;
    };
    static constexpr std::size_t kShards = 16;

    Shard& shard_of(const xet::Hash& xorb) { return shards_[xorb.word(1) % kShards]; }
    SharedIndex cached(const xet::Hash& xorb);
    void put_as_of(SharedIndex index, Time::time_point read_at);

    db::Database& database_;
    std::size_t shard_bytes_;
    std::optional<Time::duration> trust_;
    std::array<Shard, kShards> shards_;
};

}  // namespace siahub::store
