#pragma once
// What `git clone` and `git fetch` ask for, in version 2 of git's protocol. Pure.
// Source: gitprotocol-v2(5).

#include "core/result.hpp"
#include "git/oid.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace siahub::git {

struct LsRefs {
    bool symrefs = false;
    std::vector<std::string> prefixes{};  // none: all refs
};

struct Fetch {
    std::vector<Oid> wants{}, haves{};
    std::vector<Oid> shallow{};  // commits whose parents the client lacks
    std::int64_t depth = 0;      // 0: no limit
    bool done = false;
};

using UploadPackCommand = std::variant<LsRefs, Fetch>;

// The lines with which a server begins.
std::string upload_pack_capabilities(std::string_view agent);

// invalid_argument for what is not understood or was not offered.
Result<UploadPackCommand> parse_upload_pack(std::string_view body);

}  // namespace siahub::git
