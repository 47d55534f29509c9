#pragma once
// Which names may enter a repository: paths of files, and names of branches and tags. Pure.

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace siahub::hub {

// A path from the root of a repository to a file. Code::unprocessable names what is wrong: empty,
// absolute, empty / "." / ".." / ".git" segments, a leading "..\", control characters, overlong.
// Elsewhere a backslash is an ordinary character.
Result<void> check_path(std::string_view path);

// The rules of `git check-ref-format` for refs/heads/<name> and refs/tags/<name>, plus those of
// `git branch`, and no name that begins with "refs/".
[[nodiscard]] bool is_valid_ref_name(std::string_view name);

}  // namespace siahub::hub
