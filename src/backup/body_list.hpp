#pragma once
// What the rows of a snapshot say about bodies. Here alone this layer knows what tables mean.

#include "backup/body_folder.hpp"
#include "backup/manifest.hpp"

#include <optional>
#include <unordered_set>

namespace siahub::backup {

// Gathers rows of xorb_bodies.
class BodyRows {
  public:
    // Errors: unprocessable for a table without the columns that it needs.
    static Result<BodyRows> of(const db::TableShape& table, const std::filesystem::path& data_dir);
    Result<void> add(const std::vector<db::Value>& row);
    // Sorted by hash, each once.
    std::vector<Body> take();

  private:
    std::size_t hash_ = 0, size_ = 0;
    std::optional<std::size_t> node_;
    std::string own_node_;
    std::vector<Body> bodies_;
};

// Sorted by hash, each once. A body is here when some row says so: of the node whose data directory
// this is, or of none. Memory: 48 bytes per body.
Result<std::vector<Body>> list_bodies(const std::filesystem::path& snapshot,
                                      const Manifest& manifest,
                                      const std::filesystem::path& data_dir);

// The table of one column in which a backup notes the bodies that it does not hold.
db::TableShape absent_shape();
Result<std::vector<xet::Hash>> list_absent(const std::filesystem::path& snapshot,
                                           const Manifest& manifest);

// Makes rows that describe disks describe those of the hub that is being restored: which nodes
// there are is forgotten, and each body belongs to the first node that starts. The bodies that the
// backup does not hold have no rows.
class DiskRows {
  public:
    // `absent` is sorted and outlives this object.
    explicit DiskRows(const std::vector<xet::Hash>& absent) : absent_(absent) {}
    // False: leave the row out.
    bool adopt(const db::TableShape& table, std::vector<db::Value>& row);

  private:
    const std::vector<xet::Hash>& absent_;
    std::unordered_set<xet::Hash> seen_;  // a body may lie on several nodes
};

}  // namespace siahub::backup
