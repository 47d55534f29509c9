#include "sia/erasure.hpp"

#include <algorithm>

namespace siahub::sia {

namespace {

constexpr std::size_t kCell = 64;

struct Cell {
    std::size_t shard, offset, size;
};

// The part of a cell that starts at `position`.
Cell cell_at(std::size_t position, std::size_t most, std::size_t shards) {
    const auto within = position % kCell, number = position / kCell;
    return {number % shards, number / shards * kCell + within, std::min(most, kCell - within)};
}

}  // namespace

void scatter(ByteView bytes, std::size_t position, std::span<const std::span<std::byte>> shards) {
    while (!bytes.empty()) {
        const auto cell = cell_at(position, bytes.size(), shards.size());
        std::memcpy(shards[cell.shard].data() + cell.offset, bytes.data(), cell.size);
        bytes = bytes.subspan(cell.size);
        position += cell.size;
    }
}

ShardRange shard_range(std::size_t position, std::size_t length, std::size_t data_shards) {
    const auto row = kCell * data_shards;
    const auto first = position / row, end = (position + length + row - 1) / row;
    return {first * kCell, (end - first) * kCell, position - first * row};
}

void gather(std::span<const ByteView> shards, std::size_t skip, std::span<std::byte> out) {
    while (!out.empty()) {
        const auto cell = cell_at(skip, out.size(), shards.size());
        std::memcpy(out.data(), shards[cell.shard].data() + cell.offset, cell.size);
        out = out.subspan(cell.size);
        skip += cell.size;
    }
}

}  // namespace siahub::sia
