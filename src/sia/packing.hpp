#pragma once
// Bodies one after the other in a row of slabs: where each of them comes to lie, and when a batch
// is full enough. Space is lost only at the end of the last slab. Pure functions.

#include "core/bytes.hpp"

namespace siahub::sia {

struct PackedSlice {
    std::size_t slab = 0;  // number in the row
    std::uint32_t offset = 0, length = 0;
    bool operator==(const PackedSlice&) const = default;
};

struct Packing {
    std::vector<std::vector<PackedSlice>> bodies;  // in the order they were given
    std::size_t slabs = 0;
    std::uint64_t used = 0, space = 0;
    [[nodiscard]] double waste() const {
        return space == 0 ? 0 : 1 - static_cast<double>(used) / static_cast<double>(space);
    }
};

Packing pack(std::span<const std::uint64_t> sizes, std::size_t slab_bytes);

// How many of the bodies, in this order, make the largest batch of at most `most_bytes` that wastes
// no more than `waste` of its slabs; 0: wait for more. The first body alone may exceed
// `most_bytes`.
std::size_t full_batch(std::span<const std::uint64_t> sizes, std::size_t slab_bytes,
                       std::uint64_t most_bytes, double waste = 0.05);

}  // namespace siahub::sia
