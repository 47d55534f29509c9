#include "sia/packing.hpp"

#include <algorithm>

namespace siahub::sia {

Packing pack(std::span<const std::uint64_t> sizes, std::size_t slab_bytes) {
    Packing packing;
    for (auto rest : sizes) {
        auto& slices = packing.bodies.emplace_back();
        while (rest > 0) {
            const auto offset = packing.used % slab_bytes;
            const auto length = std::min<std::uint64_t>(rest, slab_bytes - offset);
            slices.push_back({packing.used / slab_bytes, static_cast<std::uint32_t>(offset),
                              static_cast<std::uint32_t>(length)});
            packing.used += length;
            rest -= length;
        }
    }
    packing.slabs = (packing.used + slab_bytes - 1) / slab_bytes;
    packing.space = packing.slabs * slab_bytes;
    return packing;
}

std::size_t full_batch(std::span<const std::uint64_t> sizes, std::size_t slab_bytes,
                       std::uint64_t most_bytes, double waste) {
    std::size_t best = 0;
    std::uint64_t used = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        used += sizes[i];
        if (used > most_bytes && i > 0) break;
        const auto space = (used + slab_bytes - 1) / slab_bytes * slab_bytes;
        if (static_cast<double>(space - used) <= waste * static_cast<double>(space)) best = i + 1;
    }
    return best;
}

}  // namespace siahub::sia
