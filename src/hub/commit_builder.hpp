#pragma once
// Turns the operations of a commit into new trees and the rows that go with them: pointers of LFS
// files, and .gitattributes with a line for each LFS file that no pattern covers, because a git
// client would otherwise take the pointer for the file. Reads, and writes nothing.
// Errors: see hub/commits.hpp.

#include "hub/blob_stager.hpp"
#include "hub/file_rows.hpp"
#include "hub/tree_editor.hpp"

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace siahub::hub {

// `old_path` (may be empty) is removed in the same step; without content its entry moves as it is.
struct AddFile {
    std::string path;
    std::optional<StoredBlob> blob;
    std::string old_path;
};
struct AddLfs {
    std::string path;
    std::optional<Sha256> sha256;
    std::optional<std::uint64_t> size;  // checked when given
    std::string old_path;
};
struct DeleteFile {
    std::string path;  // a folder is tolerated and goes with all it holds
};
struct DeleteFolder {
    std::string path;  // with or without a slash at its end
};
using Operation = std::variant<AddFile, AddLfs, DeleteFile, DeleteFolder>;

struct BuiltCommit {
    EditedTree tree;
    std::vector<FileRow> files;
    std::uint64_t bytes = 0;  // of the files added
    // README.md at the root: its blob now, if it is there.
    std::optional<Oid> readme;
};

class CommitBuilder {
  public:
    CommitBuilder(TreeStore& trees, Files& files, RowId repo)
        : trees_(trees), files_(files), repo_(repo) {}

    // What the operations make of this tree.
    Task<Result<BuiltCommit>> build(const Oid& base, std::span<const Operation> operations);

  private:
    Task<Result<void>> check_contents(std::span<const Operation> operations);
    Task<Result<void>> load_objects(std::span<const Operation> operations);
    Task<Result<void>> apply(TreeEditor& editor, const AddFile& add);
    Task<Result<void>> apply(TreeEditor& editor, const AddLfs& add);
    Task<Result<void>> apply(TreeEditor& editor, const DeleteFile& remove);
    Task<Result<void>> apply(TreeEditor& editor, const DeleteFolder& remove);
    Task<Result<void>> place(TreeEditor& editor, const std::string& path,
                             const std::string& old_path, std::optional<Oid> blob);
    Task<Result<PathEntry>> take_out(TreeEditor& editor, const std::string& path);
    Task<Result<void>> track_lfs(TreeEditor& editor);

    TreeStore& trees_;
    Files& files_;
    RowId repo_;
    std::map<Sha256, LfsObject> objects_;
    std::vector<std::string> lfs_paths_;  // that may need a line in .gitattributes
    BuiltCommit built_;
};

}  // namespace siahub::hub
