#pragma once
// The rules of a .gitattributes file at the root of a repository: patterns that set (`a`), unset
// (`-a`), un-mention (`!a`) or give a value (`a=v`) to attributes; later lines win; `[attr]`
// defines macros, and `binary` is one. Parsing cannot fail: git ignores lines that make no sense,
// and so does this. Patterns without wildcards are found by a table, so that thousands of exact
// paths cost nothing per look-up. Immutable; any thread.

#include "git/path_pattern.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace siahub::git {

struct AttributeValue {
    enum class State { unspecified, unset, set, value };
    State state = State::unspecified;
    std::string value;

    friend bool operator==(const AttributeValue&, const AttributeValue&) = default;
};

class Attributes {
  public:
    Attributes();
    static Attributes parse(std::string_view text);

    // For a file.
    [[nodiscard]] AttributeValue lookup(std::string_view path, std::string_view attribute) const;
    [[nodiscard]] bool is_lfs(std::string_view path) const;

  private:
    using Assignment = std::pair<std::string, AttributeValue>;
    using Assignments = std::vector<Assignment>;
    struct Rule {
        PathPattern pattern;
        Assignments assignments;
    };
    using Decided = std::map<std::string_view, const AttributeValue*>;

    void add_line(std::string_view line);
    void decide(const Assignments& assignments, Decided& decided) const;
    [[nodiscard]] std::vector<std::uint32_t> literal_hits(std::string_view path) const;

    std::vector<Rule> rules_;
    std::vector<std::uint32_t> wild_;                                           // in rules_
    std::unordered_map<std::string, std::vector<std::uint32_t>> whole_, last_;  // literal patterns
    std::map<std::string, Assignments, std::less<>> macros_;
};

// The line that makes exactly this path an LFS file: "<pattern> filter=lfs …\n".
std::string lfs_attribute_line(std::string_view path);

}  // namespace siahub::git
