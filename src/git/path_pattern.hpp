#pragma once
// One pattern of a .gitignore or .gitattributes file at the root of a repository, taken apart once:
// without a slash it is compared with the last part of a path, otherwise with all of it. Pure.

#include "git/glob.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace siahub::git {

class PathPattern {
  public:
    explicit PathPattern(std::string_view text);

    [[nodiscard]] bool negative() const { return negative_; }
    // `path` has no slash at either end.
    [[nodiscard]] bool matches(std::string_view path, bool is_directory, Fuel& fuel) const;

    // When the pattern has no wildcard: the only path, or last part of a path, that can match.
    [[nodiscard]] bool is_literal() const { return how_ == How::literal; }
    [[nodiscard]] bool by_last_part() const { return by_last_part_; }
    [[nodiscard]] const std::string& literal() const { return prefix_; }

  private:
    enum class How { literal, suffix, glob };

    bool negative_ = false;
    bool only_directories_ = false;
    bool by_last_part_ = false;
    How how_ = How::literal;
    std::string prefix_;  // plain text before the first wildcard; of a suffix pattern, the suffix
    std::optional<Glob> rest_;
};

// The part of a path after its last slash.
inline std::string_view last_part(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace siahub::git
