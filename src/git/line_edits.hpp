#pragma once
// Which elements of two sequences are not in their longest common subsequence: the core of
// text_diff.hpp, over numbers. Pure.

#include <cstdint>
#include <span>
#include <vector>

namespace siahub::git {

struct LineEdits {
    std::vector<bool> removed;  // of the elements before
    std::vector<bool> added;    // of the elements after
};

// The smallest number of edits, or all elements but the common beginning and end when that would
// take more than `work` steps.
LineEdits line_edits(std::span<const std::uint32_t> before, std::span<const std::uint32_t> after,
                     std::size_t work);

}  // namespace siahub::git
