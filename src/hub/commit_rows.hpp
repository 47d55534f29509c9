#pragma once
// Rows of repo_commits and repo_lineages: reading one, and giving a new commit its place. Used by
// commits, refs and history.

#include "db/database.hpp"
#include "hub/history.hpp"

#include <optional>
#include <string>

#define SIAHUB_COMMIT_COLUMNS                                                                 \
    "oid, tree, parent, author_id, author_name, author_email, committed_at, title, message, " \
    "lineage, depth"

namespace siahub::hub {

// The columns of the row are SIAHUB_COMMIT_COLUMNS.
CommitInfo commit_from_row(const db::Row& row);
// A column that holds an object id.
Oid oid_of(const db::Row& row, std::size_t column);

struct NewCommit {
    Oid tree;
    const CommitInfo* parent = nullptr;  // null for a root commit
    const Author& author;
    std::string_view message;
    UnixMillis now = 0;
};

// Inserts the commit and, where its parent has a child already, a new lineage for it. The same
// commit again (in the same second on another branch) is the row that exists: one id, one commit.
Task<Result<CommitInfo>> insert_commit(db::Transaction& transaction, RowId repo,
                                       const NewCommit& commit);

}  // namespace siahub::hub
