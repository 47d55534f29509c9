#pragma once
// XXH32 with seed 0: the checksum inside LZ4 frames. liblz4 has it but does not declare it.

#include "core/bytes.hpp"

namespace siahub::xet {

std::uint32_t xxh32(ByteView bytes);

}  // namespace siahub::xet
