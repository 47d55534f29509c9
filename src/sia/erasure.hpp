#pragma once
// How the bytes of a slab lie in its data shards: dealt out in cells of 64 bytes, row by row, one
// cell of a row to each shard. Pure functions over memory of the caller.

#include "core/bytes.hpp"

namespace siahub::sia {

// Writes `bytes`, which start at `position` of the slab, into its data shards, given from their
// beginning.
void scatter(ByteView bytes, std::size_t position, std::span<const std::span<std::byte>> shards);

// What every shard has to give so that bytes [position, position + length) of the slab can be put
// together: whole rows.
struct ShardRange {
    std::size_t offset = 0, length = 0;  // in each sector, multiples of 64
    std::size_t skip = 0;                // bytes of the first row before `position`
};
ShardRange shard_range(std::size_t position, std::size_t length, std::size_t data_shards);

// The inverse of scatter: `shards` hold the same range of each data shard, of which `skip` bytes
// are left out.
void gather(std::span<const ByteView> shards, std::size_t skip, std::span<std::byte> out);

}  // namespace siahub::sia
