#pragma once
// Git commit objects with at most one parent, in UTC. Pure.

#include "git/oid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace siahub::git {

struct Commit {
    Oid tree;
    std::optional<Oid> parent;
    std::string_view name, email;  // author and committer
    std::int64_t seconds = 0;      // since 1970-01-01T00:00:00Z
    std::string_view message;      // without NUL
};

// The body of the object.
std::string encode_commit(const Commit& commit);
Oid commit_id(const Commit& commit);

// What git leaves of a name or an e-mail address: no angle brackets, line ends or NUL, and none of
// the characters at either end that git takes for crud.
std::string clean_identity(std::string_view text);

// The first line of a message.
std::string_view commit_title(std::string_view message);

}  // namespace siahub::git
