#pragma once
// How often a caller may do something, and what a limiter says to one turn. A bucket holds
// `requests` tokens, a turn takes one, and an empty bucket is full again after `window`.

#include <chrono>
#include <cstdint>

namespace siahub::kv {

struct Rate {
    std::uint32_t requests = 0;  // 0: no limit
    std::chrono::milliseconds window{0};
};

struct Turn {
    bool allowed = true;
    std::uint32_t remaining = 0;         // tokens left
    std::chrono::milliseconds reset{0};  // until the next token, or when allowed, a full bucket
};

}  // namespace siahub::kv
