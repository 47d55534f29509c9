#pragma once
// Trees of repositories, parsed and cached. A tree is immutable and named by its content, so a
// cached one is never stale; the cache is bounded in bytes and shared by all threads. Errors:
// internal when a tree that something refers to is missing or does not parse.

#include "core/task.hpp"
#include "db/database.hpp"
#include "git/tree.hpp"
#include "hub/lru_cache.hpp"
#include "hub/types.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace siahub::hub {

using TreePtr = std::shared_ptr<const git::Tree>;

// What a path leads to.
struct PathEntry {
    std::uint32_t mode = 0;
    Oid oid;
    [[nodiscard]] bool is_directory() const { return mode == git::kModeTree; }
    friend bool operator==(const PathEntry&, const PathEntry&) = default;
};

class TreeStore {
  public:
    TreeStore(db::Database& database, std::size_t cache_bytes);

    // The empty tree is known without asking.
    Task<Result<TreePtr>> load(RowId repo, const Oid& oid);
    // Nothing when no such path exists. The empty path is the root itself.
    Task<Result<std::optional<PathEntry>>> find(RowId repo, const Oid& root, std::string_view path);
    // Remembers a tree that is in the database by now.
    void remember(RowId repo, const Oid& oid, TreePtr tree);

    [[nodiscard]] CacheStats cache_stats() const { return cache_.stats(); }

  private:
    struct Key {
        RowId repo;
        Oid oid;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };

    db::Database& database_;
    LruCache<Key, TreePtr, KeyHash> cache_;
};

}  // namespace siahub::hub
