#pragma once
// Questions about the past, answered from lineages without walking it (docs/formats/history.md).
// Read-only. Threads: any.

#include "core/task.hpp"
#include "db/database.hpp"
#include "hub/types.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace siahub::hub {

// Names one commit of a repository: how far it is from the root of its history, and on which chain.
struct Position {
    std::int64_t lineage = 0;
    std::int64_t depth = 0;
    auto operator<=>(const Position&) const = default;
};

struct CommitInfo {
    Oid oid;
    Oid tree;
    std::optional<Oid> parent;
    Author author;
    UnixMillis committed_at = 0;
    std::string title, message;  // message: all of it, with the title
    Position position;
};

struct CommitPage {
    std::vector<CommitInfo> commits;  // newest first
    std::int64_t total = 0;
};

class History {
  public:
    explicit History(db::Database& database) : database_(database) {}

    // revision_not_found when the repository has no such commit.
    Task<Result<CommitInfo>> commit(RowId repo, const Oid& oid);
    // The ancestors of `head`, itself first, from `offset` on.
    Task<Result<CommitPage>> list(RowId repo, const Oid& head, std::int64_t offset,
                                  std::int64_t limit);
    // For each path the newest commit at or before `head` that changed it; where none is recorded
    // (the history was squashed), the root commit.
    Task<Result<std::vector<CommitInfo>>> last_commits(RowId repo, const Oid& head,
                                                       std::span<const std::string> paths);
    // How many ancestors, themselves among them, two commits share: the newest of those is at this
    // depth less one. 0: none.
    Task<Result<std::int64_t>> shared_ancestors(RowId repo, const Oid& one, const Oid& other);
    // A commit is an ancestor of itself.
    Task<Result<bool>> is_ancestor(RowId repo, const Oid& ancestor, const Oid& descendant);

  private:
    Task<Result<std::vector<Position>>> ancestry(RowId repo, Position from);
    Task<Result<Position>> last_change(RowId repo, std::span<const Position> ancestry,
                                       std::string_view path);
    Task<Result<CommitInfo>> at(RowId repo, Position position);

    db::Database& database_;
};

}  // namespace siahub::hub
