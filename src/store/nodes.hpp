#pragma once
// The processes that keep bodies on a disk of their own, as rows that all processes of a hub see:
// who has which body is in xorb_bodies, and where to ask is here. A node is a data directory, not a
// process: its id is made once and stays with the files. Thread-safe.

#include "core/clock.hpp"
#include "db/database.hpp"
#include "xet/hash.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace siahub::store {

// A node that has not been heard of for this long is taken to be gone. Longer than clocks of
// different hosts differ.
inline constexpr UnixMillis kNodeSilence = 5LL * 60 * 1000;

// The id of this data directory: 32 hex digits, made when it has none. Blocks.
Result<std::string> node_id(const std::filesystem::path& data_dir);

struct Node {
    std::string id;
    std::string url;
    UnixMillis seen_at = 0;
    std::int64_t bodies = 0;
    std::int64_t bodies_only_here = 0;
};

class Nodes {
  public:
    // `own` is the id of this node; empty in a process that keeps no bodies.
    Nodes(db::Database& database, const Clock& clock, std::string own)
        : database_(database), clock_(clock), own_(std::move(own)) {}

    [[nodiscard]] const std::string& own() const { return own_; }
    // This node is there, and others reach it at `url`. To be said again every minute; a process
    // that has no others says nothing.
    Task<Result<void>> announce(std::string url);
    // Where a body can be asked for, the node heard of last first.
    Task<Result<std::vector<std::string>>> holders(xet::Hash xorb);
    // Whether it can be had without this node: from another one that is not gone, or from Sia.
    Task<Result<bool>> held_elsewhere(xet::Hash xorb);
    // Where a node can be asked; nothing when it is not known.
    Task<Result<std::optional<std::string>>> url_of(std::string_view id);

    // Those that said that they are there, by id.
    Task<Result<std::vector<Node>>> list();
    // Of a node whose disk is lost: what lay there alone is not known any more, so that the next
    // upload stores it. Errors: not_found; conflict while it is heard of.
    Task<Result<void>> forget(std::string_view id);

    // A node heard of before this moment is gone.
    [[nodiscard]] UnixMillis gone_before() const { return clock_.now() - kNodeSilence; }

  private:
    db::Database& database_;
    const Clock& clock_;
    std::string own_;
};

}  // namespace siahub::store
