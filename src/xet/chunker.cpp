#include "xet/chunker.hpp"

#include "xet/gear_table.hpp"
#include "xet/limits.hpp"

namespace siahub::xet {

namespace {

// A boundary has the top 16 bits of the gear hash clear.
constexpr std::uint64_t kBoundaryBelow = std::uint64_t{1} << 48U;
// A byte leaves the 64-bit gear after 64 steps: the hash is a function of the last 64 bytes.
constexpr std::size_t kWindow = 64;
constexpr std::size_t kFirstHashed = kMinChunk - kWindow - 1;
constexpr std::size_t kLanes = 4;
constexpr std::size_t kLaneBytes = 1024;
constexpr std::size_t kBlock = kLanes * kLaneBytes;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::uint64_t kEligibleEvery = 1024;

std::uint64_t step(std::uint64_t gear, std::byte byte) {
    return (gear << 1U) + kGearTable[std::to_integer<std::size_t>(byte)];
}

std::uint64_t warm(const std::byte* from, const std::byte* to, std::uint64_t gear) {
    for (; from != to; ++from)
        gear = step(gear, *from);
    return gear;
}

// The index of the first byte in [at, end) after which there is a boundary.
std::size_t scan(const std::byte* bytes, std::size_t at, std::size_t end, std::uint64_t& gear) {
    auto state = gear;
    for (; at < end; ++at) {
        state = step(state, bytes[at]);
        if (state < kBoundaryBelow) {
            gear = state;
            return at;
        }
    }
    gear = state;
    return kNone;
}

// scan() over one block. The chain from byte to byte bounds the plain loop, so four parts of the
// block are hashed side by side, each warmed up on the 64 bytes before it; on the rare match the
// earlier parts are finished one by one, because the first match counts.
std::size_t scan_block(const std::byte* block, std::uint64_t& gear) {
    std::array<std::uint64_t, kLanes> state{gear};
    for (std::size_t lane = 1; lane < kLanes; ++lane) {
        const auto* start = block + lane * kLaneBytes;
        state[lane] = warm(start - kWindow, start, 0);
    }
    auto [a, b, c, d] = state;
    std::size_t i = 0;
    for (; i < kLaneBytes; ++i) {
        a = step(a, block[i]);
        b = step(b, block[kLaneBytes + i]);
        c = step(c, block[2 * kLaneBytes + i]);
        d = step(d, block[3 * kLaneBytes + i]);
        if (a < kBoundaryBelow || b < kBoundaryBelow || c < kBoundaryBelow || d < kBoundaryBelow) {
            break;
        }
    }
    gear = d;
    if (i == kLaneBytes) return kNone;
    state = {a, b, c, d};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const auto here = lane * kLaneBytes + i;
        if (state[lane] < kBoundaryBelow) return here;
        const auto found = scan(block, here + 1, (lane + 1) * kLaneBytes, state[lane]);
        if (found != kNone) return found;
    }
    return kNone;
}

}  // namespace

std::optional<std::size_t> Chunker::next_cut(ByteView piece) {
    std::size_t at = 0;
    if (length_ < kFirstHashed) at = std::min(kFirstHashed - length_, piece.size());
    if (const auto tested_from = kMinChunk - 1; length_ + at < tested_from) {
        const auto to = at + std::min(tested_from - length_ - at, piece.size() - at);
        gear_ = warm(piece.data() + at, piece.data() + to, gear_);
        at = to;
    }
    const auto end = std::min(piece.size(), kMaxChunk - length_);
    auto found = kNone;
    for (; found == kNone && end - at >= kBlock; at += kBlock) {
        found = scan_block(piece.data() + at, gear_);
        if (found != kNone) found += at;
    }
    if (found == kNone) found = scan(piece.data(), at, end, gear_);
    if (found == kNone && length_ + end < kMaxChunk) {
        length_ += end;
        return std::nullopt;
    }
    reset();
    return found == kNone ? end : found + 1;
}

void Chunker::reset() {
    gear_ = 0;
    length_ = 0;
}

bool is_dedup_eligible(const Hash& chunk) {
    return chunk.word(3) % kEligibleEvery == 0;
}

}  // namespace siahub::xet
