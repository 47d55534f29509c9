#pragma once
// Results of point reads, kept for as long as the database has not changed: reading a row again
// costs a look-up instead of SQLite's locks, page search and decoding. Exact, also when another
// process writes: SQLite publishes every commit in the header of the WAL index, shared memory that
// all its connections map, and a reader's snapshot is what that header says. A result is stored
// under the header that held before and after its query, and answers only while the header is the
// same word for word. Source: sqlite.org/walformat.html §2.
//
// Bounded in bytes; when full it starts over. Thread-safe. No errors: what cannot be cached is
// read.

#include "db/database.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace siahub::db {

class SqliteReadCache {
  public:
    // One state of the database.
    using Snapshot = std::array<std::uint32_t, 12>;

    // `wal_index` is the start of the mapped WAL index and outlives the cache; null when the
    // database is not in WAL mode, and nothing is cached then.
    SqliteReadCache(const void* wal_index, std::size_t max_bytes)
        : wal_index_(static_cast<const std::uint32_t*>(wal_index)), max_bytes_(max_bytes) {}

    // Nothing while a commit is being published.
    [[nodiscard]] std::optional<Snapshot> snapshot() const;
    // Equal for equal statements and parameters only.
    [[nodiscard]] static std::string key(std::string_view sql, const Params& params);
    [[nodiscard]] std::shared_ptr<const Rows> find(const Snapshot& now, const std::string& key);
    // `rows` were read while `now` held, from before the query until after it.
    void store(const Snapshot& now, std::string key, std::shared_ptr<const Rows> rows,
               std::size_t bytes);

    [[nodiscard]] CacheStats stats() const;

  private:
    using Entries = std::unordered_map<std::string, std::shared_ptr<const Rows>>;

    const std::uint32_t* wal_index_;
    const std::size_t max_bytes_;
    mutable std::mutex mutex_;
    CacheStats stats_;
    Snapshot held_{};  // what all entries belong to
    std::size_t bytes_ = 0;
    Entries entries_;
};

}  // namespace siahub::db
