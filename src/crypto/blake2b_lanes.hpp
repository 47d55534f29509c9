#pragma once
// BLAKE2b-256 of many short messages at once: one prefix byte and 64 bytes each, which is what
// leaves and nodes of Sia's Merkle trees are. Eight messages go through the compression function
// side by side, one in each lane of a vector. The code for the widest vectors of this CPU is chosen
// at run time. Pure functions; nothing here fails.

#include "core/bytes.hpp"

#include <string_view>
#include <vector>

namespace siahub {

inline constexpr std::size_t kLaneMessage = 64;
inline constexpr std::size_t kLaneDigest = 32;

// `digests` gets 32 bytes for every 64 bytes of `messages`. It may be the beginning of `messages`.
void blake2b_each(std::byte prefix, ByteView messages, std::span<std::byte> digests);

// The ways this CPU can do it, best first, for tests and benchmarks.
struct LaneKernel {
    std::string_view name;
    void (*run)(std::byte prefix, const std::byte* messages, std::byte* digests,
                std::size_t groups_of_eight);
};
std::vector<LaneKernel> lane_kernels();
void blake2b_each_with(const LaneKernel& kernel, std::byte prefix, ByteView messages,
                       std::span<std::byte> digests);

}  // namespace siahub
