#include "hub/tree_editor.hpp"

#include <algorithm>

namespace siahub::hub {

// What a name stands for after the changes: nothing, a file, or a folder with changes in it.
struct TreeEditor::Slot {
    std::optional<PathEntry> file;
    std::unique_ptr<Node> folder;
};

struct TreeEditor::Node {
    TreePtr base;          // as it was, for comparison; empty for a new folder
    bool cleared = false;  // nothing of base is left but what `slots` says
    std::map<std::string, Slot, std::less<>> slots;

    [[nodiscard]] bool holds_anything() const;
};

bool TreeEditor::Node::holds_anything() const {
    std::size_t replaced = 0;
    for (const auto& [name, slot] : slots) {
        if (slot.file || (slot.folder && slot.folder->holds_anything())) return true;
        replaced += base->index_of(name) ? 1 : 0;
    }
    return !cleared && replaced < base->size();
}

// Encodes a node and everything below it.
class TreeEditor::Writer {
  public:
    explicit Writer(EditedTree& out) : out_(out) {}

    // The directory as an entry; nothing if it has become empty.
    std::optional<PathEntry> write(const Node& node, const std::string& prefix);

  private:
    struct Insert {
        std::string_view name;
        PathEntry entry;
    };
    struct Changes {
        std::vector<Insert> inserts;       // in the order of git
        std::vector<std::size_t> skipped;  // of base, ascending
    };
    Changes collect(const Node& node, const std::string& prefix);
    static Bytes merge(const git::Tree& base, const Changes& changes);

    EditedTree& out_;
};

TreeEditor::Writer::Changes TreeEditor::Writer::collect(const Node& node,
                                                        const std::string& prefix) {
    Changes changes;
    for (const auto& [name, slot] : node.slots) {
        const auto path = prefix + name;
        const auto now = slot.folder ? write(*slot.folder, path + "/") : slot.file;
        const auto index = node.base->index_of(name);
        std::optional<PathEntry> before;
        if (index) {
            const auto entry = node.base->at(*index);
            before = PathEntry{entry.mode, entry.oid};
            changes.skipped.push_back(*index);
        }
        if (now != before) out_.changed.push_back(path);
        if (now) changes.inserts.push_back({name, *now});
    }
    std::ranges::sort(changes.skipped);
    std::ranges::sort(changes.inserts, [](const Insert& a, const Insert& b) {
        return git::entry_less(a.name, a.entry.is_directory(), b.name, b.entry.is_directory());
    });
    return changes;
}

Bytes TreeEditor::Writer::merge(const git::Tree& base, const Changes& changes) {
    git::TreeWriter writer;
    writer.reserve(base.body().size() + 64 * changes.inserts.size());
    std::size_t at = 0;
    auto skipped = changes.skipped.begin();
    const auto copy_until = [&](std::size_t end) {
        while (skipped != changes.skipped.end() && *skipped < end) {
            writer.add_slice(base.slice(at, *skipped));
            at = *skipped++ + 1;
        }
        writer.add_slice(base.slice(at, std::max(at, end)));
        at = std::max(at, end);
    };
    for (const auto& [name, entry] : changes.inserts) {
        copy_until(base.first_not_less(name, entry.is_directory()));
        writer.add(entry.mode, name, entry.oid);
    }
    copy_until(base.size());
    return writer.take();
}

std::optional<PathEntry> TreeEditor::Writer::write(const Node& node, const std::string& prefix) {
    static const git::Tree kNothing;
    auto changes = collect(node, prefix);
    if (node.cleared) changes.skipped.clear();
    auto body = merge(node.cleared ? kNothing : *node.base, changes);
    if (body.empty()) return std::nullopt;
    const auto oid = git::tree_id(body);
    if (!std::ranges::equal(body, node.base->body())) out_.trees.push_back({oid, std::move(body)});
    return PathEntry{git::kModeTree, oid};
}

TreeEditor::TreeEditor(TreeStore& trees, RowId repo, TreePtr root)
    : trees_(trees), repo_(repo), root_(std::make_unique<Node>()) {
    root_->base = std::move(root);
}

TreeEditor::~TreeEditor() = default;

Task<Result<std::optional<PathEntry>>> TreeEditor::find(std::string_view path) {
    const Node* node = root_.get();
    for (;;) {
        const auto slash = path.find('/');
        const auto name = path.substr(0, slash);
        const bool last = slash == std::string_view::npos;
        const auto slot = node->slots.find(name);
        if (slot == node->slots.end()) {
            const auto entry = node->cleared ? std::nullopt : node->base->find(name);
            if (!entry) co_return std::nullopt;
            const PathEntry here{entry->mode, entry->oid};
            if (last) co_return here;
            if (!here.is_directory()) co_return std::nullopt;
            co_return co_await trees_.find(repo_, here.oid, path.substr(slash + 1));
        }
        const auto& [file, folder] = slot->second;
        if (!folder) co_return last ? file : std::nullopt;
        if (last && !folder->holds_anything()) co_return std::nullopt;
        if (last) co_return PathEntry{git::kModeTree, git::tree_id(folder->base->body())};
        node = folder.get();
        path.remove_prefix(slash + 1);
    }
}

// The node of a folder inside another, made where there is none yet.
Task<Result<TreeEditor::Node*>> TreeEditor::open_child(Node& node, std::string_view name,
                                                       std::string_view path) {
    auto slot = node.slots.find(name);
    if (slot != node.slots.end() && slot->second.folder) co_return slot->second.folder.get();
    const auto before = node.base->find(name);
    const bool removed = node.cleared || slot != node.slots.end();
    const bool is_file = slot != node.slots.end() ? slot->second.file.has_value()
                                                  : !removed && before && !before->is_tree();
    if (is_file)
        co_return fail(Code::unprocessable, "Cannot add '" + std::string(path) + "': '" +
                                                std::string(name) +
                                                "' in it is a file, not a folder");
    auto child = std::make_unique<Node>();
    child->base = before && before->is_tree() ? CO_TRY(co_await trees_.load(repo_, before->oid))
                                              : std::make_shared<const git::Tree>();
    child->cleared = removed;
    auto& place = node.slots[std::string(name)];
    place.folder = std::move(child);
    co_return place.folder.get();
}

Task<Result<TreeEditor::Node*>> TreeEditor::open_folder(std::string_view path) {
    Node* node = root_.get();
    auto rest = path;
    for (auto slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
        node = CO_TRY(co_await open_child(*node, rest.substr(0, slash), path));
        rest.remove_prefix(slash + 1);
    }
    co_return node;
}

Task<Result<void>> TreeEditor::put(std::string_view path, PathEntry file) {
    const auto now = CO_TRY(co_await find(path));
    if (now && now->is_directory())
        co_return fail(Code::unprocessable,
                       "Cannot add '" + std::string(path) + "': it is a folder");
    auto* const folder = CO_TRY(co_await open_folder(path));
    const auto name = path.substr(path.rfind('/') + 1);
    auto& slot = folder->slots[std::string(name)];
    slot.folder.reset();
    slot.file = file;
    co_return Result<void>{};
}

Task<Result<bool>> TreeEditor::remove(std::string_view path) {
    if (!CO_TRY(co_await find(path))) co_return false;
    auto* const folder = CO_TRY(co_await open_folder(path));
    auto& slot = folder->slots[std::string(path.substr(path.rfind('/') + 1))];
    slot.folder.reset();
    slot.file.reset();
    co_return true;
}

EditedTree TreeEditor::finish() const {
    EditedTree out;
    const auto root = Writer(out).write(*root_, "");
    out.root = root ? root->oid : git::empty_tree_id();
    return out;
}

}  // namespace siahub::hub
