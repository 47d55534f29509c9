#pragma once
// Git tree objects. A Tree keeps the object's body as it is and an offset per entry, so that a
// directory of 50 000 files costs its own size and four bytes per file.
// Format: entries "<octal mode> <name>\0<20 raw bytes>", sorted by name, a directory sorting as if
// its name ended in a slash. Pure and immutable.

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "git/oid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::git {

inline constexpr std::uint32_t kModeFile = 0100644;
inline constexpr std::uint32_t kModeExecutable = 0100755;
inline constexpr std::uint32_t kModeLink = 0120000;
inline constexpr std::uint32_t kModeTree = 0040000;

struct TreeEntry {
    std::uint32_t mode = 0;
    std::string_view name;  // into the Tree
    Oid oid;

    [[nodiscard]] bool is_tree() const { return mode == kModeTree; }
};

class Tree {
  public:
    Tree() = default;

    // Accepts exactly what git writes: known modes, names without slash, in order, no doubles.
    static Result<Tree> parse(Bytes body);

    [[nodiscard]] std::size_t size() const { return offsets_.size(); }
    [[nodiscard]] TreeEntry at(std::size_t index) const;
    // A tree holds a name at most once, as a file or as a directory.
    [[nodiscard]] std::optional<TreeEntry> find(std::string_view name) const;
    // The first entry whose sort key (the name, and a slash if it is a directory) is not less.
    [[nodiscard]] std::size_t lower_bound(std::string_view key) const;

    // The place of a name, and where an entry of this name and kind belongs.
    [[nodiscard]] std::optional<std::size_t> index_of(std::string_view name) const;
    [[nodiscard]] std::size_t first_not_less(std::string_view name, bool is_tree) const;

    [[nodiscard]] ByteView body() const { return body_; }
    // The bytes of the entries [first, last).
    [[nodiscard]] ByteView slice(std::size_t first, std::size_t last) const;
    [[nodiscard]] std::size_t memory() const { return body_.size() + 4 * offsets_.size(); }

  private:
    Bytes body_;
    std::vector<std::uint32_t> offsets_;
};

// Builds the body of a tree from entries that come in order.
class TreeWriter {
  public:
    void add(std::uint32_t mode, std::string_view name, const Oid& oid);
    void add_slice(ByteView entries) { append(body_, entries); }
    void reserve(std::size_t bytes) { body_.reserve(bytes); }
    [[nodiscard]] bool empty() const { return body_.empty(); }
    Bytes take() { return std::move(body_); }

  private:
    Bytes body_;
};

// Git's order of two entries.
[[nodiscard]] bool entry_less(std::string_view a, bool a_is_tree, std::string_view b,
                              bool b_is_tree);

Oid tree_id(ByteView body);
Oid empty_tree_id();

}  // namespace siahub::git
