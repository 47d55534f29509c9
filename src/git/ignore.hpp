#pragma once
// The rules of a .gitignore file at the root of a repository: the last pattern that matches a path
// decides, and nothing can bring back what lies in an ignored directory. Parsing cannot fail: what
// is no pattern matches nothing. Immutable; any thread.

#include "git/path_pattern.hpp"

#include <string_view>
#include <vector>

namespace siahub::git {

class IgnoreRules {
  public:
    IgnoreRules() = default;
    static IgnoreRules parse(std::string_view text);

    // For a file. Matching is bounded by Fuel per path; patterns beyond it do not match.
    [[nodiscard]] bool ignores(std::string_view path) const;

  private:
    [[nodiscard]] bool excludes(std::string_view path, bool is_directory, Fuel& fuel) const;

    std::vector<PathPattern> patterns_;
};

}  // namespace siahub::git
