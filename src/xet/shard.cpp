#include "xet/shard.hpp"

namespace siahub::xet {

std::uint64_t ShardFile::size() const {
    std::uint64_t total = 0;
    for (const auto& segment : segments)
        total += segment.unpacked_length;
    return total;
}

}  // namespace siahub::xet
