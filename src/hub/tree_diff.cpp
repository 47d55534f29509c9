#include "hub/tree_diff.hpp"

namespace siahub::hub {
namespace {

using Entry = std::optional<git::TreeEntry>;

// Two folders of the same path that are walked side by side.
struct Frame {
    std::string prefix;  // "" or with a slash at its end
    TreePtr before, after;
    std::size_t i = 0, j = 0;

    [[nodiscard]] bool done() const { return i >= before->size() && j >= after->size(); }
    // The next name; a file and a folder of one name are two.
    std::pair<Entry, Entry> next() {
        Entry left;
        Entry right;
        if (i < before->size()) left = before->at(i);
        if (j < after->size()) right = after->at(j);
        if (left && right) {
            if (git::entry_less(left->name, left->is_tree(), right->name, right->is_tree()))
                right.reset();
            else if (git::entry_less(right->name, right->is_tree(), left->name, left->is_tree()))
                left.reset();
        }
        if (left) ++i;
        if (right) ++j;
        return {left, right};
    }
};

std::optional<PathEntry> path_entry(const Entry& entry) {
    if (!entry) return std::nullopt;
    return PathEntry{entry->mode, entry->oid};
}

bool is_tree(const Entry& entry) {
    return entry && entry->is_tree();
}

class Walk {
  public:
    Walk(TreeStore& trees, RowId repo, std::size_t most)
        : trees_(trees), repo_(repo), most_(most) {}

    Task<Result<TreeDiff>> run(std::optional<Oid> before, Oid after) {
        CO_TRY(co_await enter("", before, after));
        while (!frames_.empty() && !diff_.truncated) {
            auto& frame = frames_.back();
            if (frame.done()) {
                frames_.pop_back();
                continue;
            }
            const auto [left, right] = frame.next();
            if (left && right && left->oid == right->oid && left->mode == right->mode) continue;
            const auto path = frame.prefix + std::string(left ? left->name : right->name);
            if (is_tree(left) || is_tree(right)) {
                CO_TRY(co_await enter(path + "/", oid_of_entry(left), oid_of_entry(right)));
            } else if (diff_.changes.size() == most_) {
                diff_.truncated = true;
            } else {
                diff_.changes.push_back({path, path_entry(left), path_entry(right)});
            }
        }
        co_return std::move(diff_);
    }

  private:
    static std::optional<Oid> oid_of_entry(const Entry& entry) {
        if (!entry) return std::nullopt;
        return entry->oid;
    }

    Task<Result<void>> enter(std::string prefix, std::optional<Oid> before,
                             std::optional<Oid> after) {
        const auto empty = git::empty_tree_id();
        Frame frame{.prefix = std::move(prefix), .before = {}, .after = {}};
        frame.before = CO_TRY(co_await trees_.load(repo_, before.value_or(empty)));
        frame.after = CO_TRY(co_await trees_.load(repo_, after.value_or(empty)));
        frames_.push_back(std::move(frame));
        co_return Result<void>{};
    }

    TreeStore& trees_;
    RowId repo_;
    std::size_t most_;
    std::vector<Frame> frames_;
    TreeDiff diff_;
};

}  // namespace

Task<Result<TreeDiff>> diff_trees(TreeStore& trees, RowId repo, std::optional<Oid> before,
                                  Oid after, std::size_t most) {
    Walk walk(trees, repo, most);
    co_return co_await walk.run(before, after);
}

}  // namespace siahub::hub
