#pragma once
// Gives a repository files that another one has, without moving a byte: rows of lfs_objects,
// reconstruction_files and, for whole trees, repo_files and repo_trees are copied, what they name
// lies where it lay. The copies are the new repository's own: whatever becomes of the other one,
// they stay. Who may read the one and write the other is for the caller to check. Any thread.

#include "core/clock.hpp"
#include "crypto/digest.hpp"
#include "db/database.hpp"
#include "hub/types.hpp"
#include "xet/hash.hpp"

#include <optional>
#include <span>
#include <vector>

namespace siahub::hub {

struct SharedObject {
    Sha256 sha256{};
    std::optional<xet::Hash> file_hash{};  // absent: it lies inline
};

struct Sharing {
    RowId from = 0, to = 0;
    UnixMillis now = 0;
};

// Objects that `to` has already stay as they are there. Those that `from` lacks are left out.
Task<Result<void>> share_objects(db::Transaction& transaction, const Sharing& sharing,
                                 std::span<const SharedObject> objects);
Task<Result<void>> share_blobs(db::Transaction& transaction, const Sharing& sharing,
                               std::span<const Oid> blobs);
Task<Result<void>> share_trees(db::Transaction& transaction, const Sharing& sharing,
                               std::span<const Oid> trees);

}  // namespace siahub::hub
