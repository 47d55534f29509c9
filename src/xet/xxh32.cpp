#include "xet/xxh32.hpp"

#include <bit>

namespace siahub::xet {

namespace {

constexpr std::uint32_t kPrime1 = 2654435761U;
constexpr std::uint32_t kPrime2 = 2246822519U;
constexpr std::uint32_t kPrime3 = 3266489917U;
constexpr std::uint32_t kPrime4 = 668265263U;
constexpr std::uint32_t kPrime5 = 374761393U;

std::uint32_t round(std::uint32_t lane, std::uint32_t input) {
    return std::rotl(lane + input * kPrime2, 13) * kPrime1;
}

// Whole stripes of 16 bytes, in four lanes; `bytes` is moved past them.
std::uint32_t mix_stripes(ByteView& bytes) {
    std::array<std::uint32_t, 4> lanes = {kPrime1 + kPrime2, kPrime2, 0, 0U - kPrime1};
    for (; bytes.size() >= 16; bytes = bytes.subspan(16)) {
        for (std::size_t i = 0; i < 4; ++i) {
            lanes[i] = round(lanes[i], load_le<std::uint32_t>(&bytes[4 * i]));
        }
    }
    return std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
           std::rotl(lanes[3], 18);
}

}  // namespace

std::uint32_t xxh32(ByteView bytes) {
    const auto length = static_cast<std::uint32_t>(bytes.size());
    auto hash = bytes.size() >= 16 ? mix_stripes(bytes) : kPrime5;
    hash += length;
    for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
        hash = std::rotl(hash + load_le<std::uint32_t>(bytes.data()) * kPrime3, 17) * kPrime4;
    }
    for (const auto byte : bytes) {
        hash = std::rotl(hash + std::to_integer<std::uint32_t>(byte) * kPrime5, 11) * kPrime1;
    }
    hash = (hash ^ (hash >> 15U)) * kPrime2;
    hash = (hash ^ (hash >> 13U)) * kPrime3;
    return hash ^ (hash >> 16U);
}

}  // namespace siahub::xet
