#pragma once
// Changes to a tree, gathered in memory and then turned into new trees. Only directories on touched
// paths are loaded and rewritten, and of those the untouched entries are copied as they lie, so
// that a change costs the size of the directories above it and not of the repository. Belongs to
// one task. Errors of put(): unprocessable when a path would be both file and folder.

#include "git/tree.hpp"
#include "hub/trees.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::hub {

struct NewTree {
    Oid oid;
    Bytes body;
};

struct EditedTree {
    Oid root;
    std::vector<NewTree> trees;        // that were not there before
    std::vector<std::string> changed;  // files, and folders above them, without the root
};

class TreeEditor {
  public:
    TreeEditor(TreeStore& trees, RowId repo, TreePtr root);
    ~TreeEditor();

    // As it is after the changes so far. The oid of a touched directory is that of before.
    Task<Result<std::optional<PathEntry>>> find(std::string_view path);
    Task<Result<void>> put(std::string_view path, PathEntry file);
    // A file, or a directory with all it holds. False when there is no such path.
    Task<Result<bool>> remove(std::string_view path);

    [[nodiscard]] EditedTree finish() const;

  private:
    struct Node;
    struct Slot;
    class Writer;

    Task<Result<Node*>> open_folder(std::string_view path);
    Task<Result<Node*>> open_child(Node& node, std::string_view name, std::string_view path);

    TreeStore& trees_;
    RowId repo_;
    std::unique_ptr<Node> root_;
};

}  // namespace siahub::hub
