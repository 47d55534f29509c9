#include "git/tree.hpp"

#include "git/object_id.hpp"

namespace siahub::git {
namespace {

// Compares two names, each followed by a slash if it is that of a directory.
int compare_keys(std::string_view a, bool a_is_tree, std::string_view b, bool b_is_tree) {
    const auto common = std::min(a.size(), b.size());
    if (const int order = std::memcmp(a.data(), b.data(), common); order != 0) return order;
    const auto char_at = [](std::string_view name, bool is_tree, std::size_t i) -> int {
        if (i < name.size()) return static_cast<unsigned char>(name[i]);
        return i == name.size() && is_tree ? '/' : -1;
    };
    for (std::size_t i = common;; ++i) {
        const int x = char_at(a, a_is_tree, i);
        const int y = char_at(b, b_is_tree, i);
        if (x != y || x < 0) return x - y;
    }
}

std::uint32_t parse_mode(std::string_view digits) {
    if (digits == "100644") return kModeFile;
    if (digits == "40000") return kModeTree;
    if (digits == "100755") return kModeExecutable;
    if (digits == "120000") return kModeLink;
    return 0;
}

std::string_view mode_digits(std::uint32_t mode) {
    switch (mode) {
        case kModeTree:
            return "40000";
        case kModeExecutable:
            return "100755";
        case kModeLink:
            return "120000";
        default:
            return "100644";
    }
}

Failure malformed(std::string_view what) {
    return fail(Code::invalid_argument, "git tree is malformed: " + std::string(what));
}

// The length of the entry at `start`, whose first byte exists.
Result<std::size_t> entry_length(std::string_view body, std::size_t start) {
    const auto rest = body.substr(start);
    const auto space = rest.substr(0, 7).find(' ');
    if (space == std::string_view::npos || parse_mode(rest.substr(0, space)) == 0)
        return malformed("unknown mode");
    const auto end = rest.find('\0', space + 1);
    if (end == std::string_view::npos) return malformed("name without end");
    const auto name = rest.substr(space + 1, end - space - 1);
    if (name.empty() || name.contains('/') || name == "." || name == "..")
        return malformed("bad name");
    if (rest.size() - end - 1 < Oid::kSize) return malformed("truncated id");
    return end + 1 + Oid::kSize;
}

}  // namespace

bool entry_less(std::string_view a, bool a_is_tree, std::string_view b, bool b_is_tree) {
    return compare_keys(a, a_is_tree, b, b_is_tree) < 0;
}

Result<Tree> Tree::parse(Bytes body) {
    if (body.size() > UINT32_MAX) return malformed("too large");
    Tree tree;
    tree.body_ = std::move(body);
    const auto text = as_chars(tree.body_);
    for (std::size_t at = 0; at < text.size();) {
        const auto length = TRY(entry_length(text, at));
        tree.offsets_.push_back(static_cast<std::uint32_t>(at));
        at += length;
        if (const auto count = tree.size(); count > 1) {
            const auto before = tree.at(count - 2);
            const auto last = tree.at(count - 1);
            if (!entry_less(before.name, before.is_tree(), last.name, last.is_tree()))
                return malformed("entries out of order");
            // "a", "a.b", "a/" are in order although they name "a" twice.
            if (last.is_tree() && !tree.find(last.name)->is_tree())
                return malformed("a name twice");
        }
    }
    tree.offsets_.shrink_to_fit();
    return tree;
}

TreeEntry Tree::at(std::size_t index) const {
    const auto rest = as_chars(body_).substr(offsets_[index]);
    const auto space = rest.find(' ');
    const auto end = rest.find('\0', space + 1);
    TreeEntry entry;
    entry.mode = parse_mode(rest.substr(0, space));
    entry.name = rest.substr(space + 1, end - space - 1);
    entry.oid = *Oid::from_bytes(as_bytes(rest.substr(end + 1, Oid::kSize)));
    return entry;
}

std::optional<std::size_t> Tree::index_of(std::string_view name) const {
    for (const bool is_tree : {false, true}) {
        const auto index = first_not_less(name, is_tree);
        if (index == size()) continue;
        const auto entry = at(index);
        if (entry.name == name && entry.is_tree() == is_tree) return index;
    }
    return std::nullopt;
}

std::optional<TreeEntry> Tree::find(std::string_view name) const {
    const auto index = index_of(name);
    if (!index) return std::nullopt;
    return at(*index);
}

ByteView Tree::slice(std::size_t first, std::size_t last) const {
    const auto offset = [this](std::size_t index) -> std::size_t {
        return index == size() ? body_.size() : offsets_[index];
    };
    return ByteView(body_).subspan(offset(first), offset(last) - offset(first));
}

std::size_t Tree::lower_bound(std::string_view key) const {
    return first_not_less(key, false);
}

std::size_t Tree::first_not_less(std::string_view name, bool is_tree) const {
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto entry = at(middle);
        if (compare_keys(entry.name, entry.is_tree(), name, is_tree) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void TreeWriter::add(std::uint32_t mode, std::string_view name, const Oid& oid) {
    append(body_, as_bytes(mode_digits(mode)));
    body_.push_back(std::byte{' '});
    append(body_, as_bytes(name));
    body_.push_back(std::byte{0});
    append(body_, oid.bytes());
}

Oid tree_id(ByteView body) {
    return object_id("tree", body);
}

Oid empty_tree_id() {
    static const Oid id = tree_id({});
    return id;
}

}  // namespace siahub::git
