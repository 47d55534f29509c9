#include "xet/xorb_index.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace siahub::xet {

namespace {

constexpr std::size_t kEntrySize = 40;

Failure broken(std::size_t chunk, const char* what) {
    return fail(Code::invalid_argument, fmt::format("Xorb index: chunk {} {}", chunk, what));
}

}  // namespace

std::uint32_t XorbIndex::physical_start(std::uint32_t i) const {
    return i == 0 ? 0 : chunks[i - 1].physical_end;
}

std::uint32_t XorbIndex::unpacked_start(std::uint32_t i) const {
    return i == 0 ? 0 : chunks[i - 1].unpacked_end;
}

bool XorbIndex::has_range(std::uint32_t start, std::uint32_t end) const {
    return start < end && end <= chunks.size();
}

ByteSpan XorbIndex::physical_range(std::uint32_t start, std::uint32_t end) const {
    return {physical_start(start), physical_start(end)};
}

std::uint32_t XorbIndex::unpacked_size(std::uint32_t start, std::uint32_t end) const {
    return unpacked_start(end) - unpacked_start(start);
}

Hash XorbIndex::range_hash(std::uint32_t start, std::uint32_t end) const {
    RangeHasher hasher;
    for (auto i = start; i < end; ++i)
        hasher.add(chunks[i].hash);
    return hasher.finish();
}

std::uint32_t XorbIndex::chunk_at(std::uint32_t unpacked_offset) const {
    const auto found =
        std::ranges::upper_bound(chunks, unpacked_offset, {}, &ChunkEntry::unpacked_end);
    return static_cast<std::uint32_t>(found - chunks.begin());
}

Hash XorbIndex::compute_hash() const {
    TreeHasher tree;
    for (std::uint32_t i = 0; i < chunk_count(); ++i) {
        tree.add(chunks[i].hash, unpacked_size(i, i + 1));
    }
    return tree.finish();
}

Bytes XorbIndex::serialize() const {
    Bytes out(chunks.size() * kEntrySize);
    auto* at = out.data();
    for (const auto& chunk : chunks) {
        std::ranges::copy(chunk.hash.bytes, at);
        store_le(at + 32, chunk.physical_end);
        store_le(at + 36, chunk.unpacked_end);
        at += kEntrySize;
    }
    return out;
}

Result<XorbIndex> XorbIndex::parse(const Hash& xorb, ByteView blob) {
    const auto count = blob.size() / kEntrySize;
    if (blob.size() % kEntrySize != 0 || count == 0 || count > kMaxXorbChunks) {
        return fail(Code::invalid_argument,
                    fmt::format("Xorb index: {} bytes are not 1 to {} entries of {}", blob.size(),
                                kMaxXorbChunks, kEntrySize));
    }
    XorbIndex index{xorb, {}};
    index.chunks.reserve(count);
    std::uint64_t physical = 0;
    std::uint64_t unpacked = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto* at = blob.data() + i * kEntrySize;
        const ChunkEntry entry{Hash::from_raw(std::span<const std::byte, 32>(at, 32)),
                               load_le<std::uint32_t>(at + 32), load_le<std::uint32_t>(at + 36)};
        if (entry.physical_end <= physical + kChunkHeader ||
            entry.physical_end > physical + kChunkHeader + kMaxStoredChunk) {
            return broken(i, "ends where no record can end");
        }
        if (entry.unpacked_end <= unpacked || entry.unpacked_end > unpacked + kMaxChunk) {
            return broken(i, "has an impossible length");
        }
        physical = entry.physical_end;
        unpacked = entry.unpacked_end;
        index.chunks.push_back(entry);
    }
    if (physical > kMaxXorbRecords) return broken(count - 1, "ends past the largest xorb");
    return index;
}

}  // namespace siahub::xet
