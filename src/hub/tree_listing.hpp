#pragma once
// Pages of the tree of a commit, as the Hub API shows it. A page costs its entries plus the depth
// of the tree, wherever it begins. Order: bytes of the full path, a directory counting as its path
// with a slash, so that a directory comes right before what is in it.

#include "hub/files.hpp"
#include "hub/history.hpp"
#include "hub/refs.hpp"
#include "hub/trees.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace siahub::hub {

struct TreeItem {
    std::string path;  // from the root of the repository
    bool is_directory = false;
    Oid oid;                 // tree, blob, or for an LFS file its pointer's blob
    std::uint64_t size = 0;  // 0 for a directory
    bool is_lfs = false;
    Sha256 sha256{};                        // of a file
    std::uint64_t pointer_size = 0;         // of an LFS file
    std::optional<xet::Hash> file_hash;     // of a file that lies in xorbs
    std::optional<CommitInfo> last_commit;  // when expanded
};

struct TreeQuery {
    std::string path{};  // of a directory; empty: the root. Slashes around it do not matter
    bool recursive = false;
    bool expand = false;
    std::size_t limit = 0;  // 0: 1000, or 50 when expanded; those are also the most for a page
    std::string cursor{};   // from the page before; it also fixes the commit
};

struct TreePage {
    std::vector<TreeItem> items;
    std::string next;  // cursor of the next page; empty on the last one
};

class TreeListing {
  public:
    TreeListing(TreeStore& trees, Files& files, History& history)
        : trees_(trees), files_(files), history_(history) {}

    // entry_not_found when the path is missing or a file; invalid_argument for a foreign cursor.
    Task<Result<TreePage>> list(RowId repo, const Revision& revision, const TreeQuery& query);
    // Files and directories, in the order asked; missing paths are left out.
    Task<Result<std::vector<TreeItem>>> paths_info(RowId repo, const Revision& revision,
                                                   std::span<const std::string> paths, bool expand);

  private:
    Task<Result<void>> add_file_facts(RowId repo, std::vector<TreeItem>& items);
    Task<Result<void>> add_last_commits(RowId repo, const Oid& commit,
                                        std::vector<TreeItem>& items);

    TreeStore& trees_;
    Files& files_;
    History& history_;
};

}  // namespace siahub::hub
