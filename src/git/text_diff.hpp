#pragma once
// The difference of two texts, line by line, as a unified diff without the lines of file names:
// what `git diff` shows below them. Myers' algorithm (An O(ND) Difference Algorithm, 1986), so the
// number of changed lines is the smallest there is, as long as finding it costs at most `work`
// steps; beyond that everything between the common beginning and the common end counts as changed.
//
// Pure. Memory: about 40 bytes per line and 8 per step at most. Lines end in '\n', which the last
// one may lack; nothing else is special, not even NUL.

#include <cstdint>
#include <string>
#include <string_view>

namespace siahub::git {

struct DiffOptions {
    std::size_t context = 3;       // unchanged lines around a change
    std::size_t work = 1'000'000;  // about 1400 changed lines, some milliseconds
};

// Empty when the texts are equal.
std::string unified_diff(std::string_view before, std::string_view after, DiffOptions options = {});

}  // namespace siahub::git
