#pragma once
// The fixed numbers of the shard format (docs/formats/shard.md), shared by parser and builder.

#include "core/bytes.hpp"

#include <array>

namespace siahub::xet::shard_format {

inline constexpr std::size_t kRecord = 48;
inline constexpr std::size_t kHash = 32;
inline constexpr std::size_t kFooter = 200;
inline constexpr std::uint64_t kVersion = 2;
inline constexpr std::uint64_t kFooterVersion = 1;

inline constexpr std::uint32_t kHasVerification = 1U << 31U;
inline constexpr std::uint32_t kHasMetadata = 1U << 30U;
inline constexpr std::uint32_t kDedupEligible = 1U << 31U;

inline constexpr std::array<unsigned char, kHash> kTag = {
    'H',  'F',  'R',  'e',  'p',  'o',  'M',  'e',  't',  'a',  'D',  'a',  't',  'a',  0x00, 0x55,
    0x69, 0x67, 0x45, 0x6a, 0x7b, 0x81, 0x57, 0x83, 0xa5, 0xbd, 0xd9, 0x5c, 0xcd, 0xd1, 0x4a, 0xa9};

inline ByteView tag() {
    return std::as_bytes(std::span(kTag));
}

}  // namespace siahub::xet::shard_format
