#pragma once
// Byte grouping of 4: bytes with index 0 modulo 4 first, then 1, 2 and 3; with length n the first
// n mod 4 groups are one longer. It puts the exponents of floating-point weights side by side,
// where LZ4 finds them. Format: docs/formats/xorb.md.

#include "core/bytes.hpp"

namespace siahub::xet {

// `out` is as long as `plain`.
void group4(ByteView plain, std::span<std::byte> out);

// Bytes [start, start + out.size()) of the plain form; `start` is a multiple of 4.
void ungroup4(ByteView grouped, std::size_t start, std::span<std::byte> out);

}  // namespace siahub::xet
