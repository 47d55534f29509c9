#pragma once
// The text that stands in git for a file kept by git-lfs.
// Format: "version https://git-lfs.github.com/spec/v1\noid sha256:<64 hex>\nsize <n>\n". Only
// exactly this counts as a pointer; other text is an ordinary file. Pure.

#include "core/bytes.hpp"
#include "crypto/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace siahub::git {

struct LfsPointer {
    Sha256 sha256{};
    std::uint64_t size = 0;

    friend bool operator==(const LfsPointer&, const LfsPointer&) = default;
};

std::string encode_lfs_pointer(const LfsPointer& pointer);
std::optional<LfsPointer> parse_lfs_pointer(ByteView content);

}  // namespace siahub::git
