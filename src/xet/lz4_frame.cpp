#include "xet/lz4_frame.hpp"

#include "xet/xxh32.hpp"

#include <lz4.h>

namespace siahub::xet {

namespace {

constexpr std::uint32_t kMagic = 0x184D2204;
constexpr std::uint32_t kPlainBlock = 0x80000000;
constexpr unsigned kVersionMask = 0xC0;
constexpr unsigned kVersion1 = 0x40;
constexpr unsigned kIndependentBlocks = 0x20;
constexpr unsigned kBlockChecksums = 0x10;
constexpr unsigned kContentSize = 0x08;
constexpr unsigned kContentChecksum = 0x04;
constexpr unsigned kReservedOrDictionary = 0x03;
constexpr unsigned kUnreadable = kBlockChecksums | kReservedOrDictionary;
constexpr unsigned kBlockSize256K = 0x50;
constexpr std::size_t kHistory = 64 * 1024;

Failure broken(const char* what) {
    return fail(Code::invalid_argument, std::string("The LZ4 frame of a chunk ") + what);
}

// Takes bytes off the front of a view.
class Cursor {
  public:
    explicit Cursor(ByteView bytes) : rest_(bytes) {}

    Result<ByteView> take(std::size_t count) {
        if (count > rest_.size()) return broken("is cut short");
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    Result<std::uint32_t> take_u32() { return load_le<std::uint32_t>(TRY(take(4)).data()); }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    ByteView rest_;
};

struct FrameHeader {
    unsigned flags = 0;
    std::size_t max_block = 0;
};

Result<FrameHeader> take_header(Cursor& in, std::size_t content_size) {
    if (TRY(in.take_u32()) != kMagic) return broken("does not start with its magic number");
    auto descriptor = TRY(in.take(2));
    const auto flags = std::to_integer<unsigned>(descriptor[0]);
    const auto block = std::to_integer<unsigned>(descriptor[1]);
    const auto block_id = block >> 4U & 7U;
    if ((flags & kVersionMask) != kVersion1 || (flags & kUnreadable) != 0 || (block & 0x8FU) != 0 ||
        block_id < 4) {
        return broken("has a header of an unknown kind");
    }
    if ((flags & kContentSize) != 0) {
        const auto size = TRY(in.take(8));
        if (load_le<std::uint64_t>(size.data()) != content_size) {
            return broken("states another length than the chunk's header");
        }
        descriptor = {descriptor.data(), descriptor.size() + size.size()};
    }
    const auto checksum = std::to_integer<unsigned>(TRY(in.take(1))[0]);
    if ((xxh32(descriptor) >> 8U & 0xFFU) != checksum) return broken("has a damaged header");
    return FrameHeader{flags, std::size_t{1} << (8 + 2 * block_id)};
}

// The length that follows a nibble of 15: bytes of 255 and one that is less.
std::size_t take_length(ByteView block, std::size_t& at, std::size_t nibble) {
    if (nibble != 15) return nibble;
    std::size_t length = nibble;
    while (at < block.size()) {
        const auto byte = std::to_integer<std::size_t>(block[at++]);
        length += byte;
        if (byte != 255) break;
    }
    return length;
}

// Walks the sequences of a block that has been expanded without complaint.
bool has_zero_offset(ByteView block) {
    std::size_t at = 0;
    while (at < block.size()) {
        const auto token = std::to_integer<std::size_t>(block[at++]);
        const auto literals = take_length(block, at, token >> 4U);
        at += literals;
        if (at + 2 > block.size()) break;
        if (load_le<std::uint16_t>(&block[at]) == 0) return true;
        at += 2;
        take_length(block, at, token & 15U);
    }
    return false;
}

// Whether four zero bytes stand side by side: what liblz4 makes of the shortest match with offset
// zero (lz4_frame_test.cpp holds it to that). Without them the walk, which costs as much as the
// expansion, is not needed. Slices leave early; inside one the loop has no exit, so that it becomes
// vector code.
bool has_zero_run(ByteView bytes) {
    constexpr std::size_t kRun = 4;
    constexpr std::size_t kSlice = 4096;
    if (bytes.size() < kRun) return false;
    const auto starts = bytes.size() - kRun + 1;
    for (std::size_t at = 0; at < starts; at += kSlice) {
        const auto* from = bytes.data() + at;
        const auto count = std::min(kSlice, starts - at);
        unsigned char found = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const auto any = from[i] | from[i + 1] | from[i + 2] | from[i + 3];
            found |= static_cast<unsigned char>(any == std::byte{0});
        }
        if (found != 0) return true;
    }
    return false;
}

// What the blocks of a frame expand into.
struct Output {
    std::span<std::byte> room;
    std::size_t size = 0;  // of the content
    std::size_t done = 0;

    [[nodiscard]] std::size_t left() const { return size - done; }
};

Result<void> expand_block(ByteView block, const FrameHeader& header, Output& out) {
    auto* to = reinterpret_cast<char*>(out.room.data() + out.done);
    const bool linked = (header.flags & kIndependentBlocks) == 0;
    const auto history = linked ? std::min(out.done, kHistory) : 0;
    const auto capacity = std::min(out.room.size() - out.done, header.max_block);
    const int made = LZ4_decompress_safe_usingDict(
        reinterpret_cast<const char*>(block.data()), to, static_cast<int>(block.size()),
        static_cast<int>(capacity), to - history, static_cast<int>(history));
    if (made < 0 || static_cast<std::size_t>(made) > out.left()) {
        return broken("is corrupt or expands to more than the stated length");
    }
    const ByteView expanded = out.room.subspan(out.done, static_cast<std::size_t>(made));
    if (has_zero_run(expanded) && has_zero_offset(block)) {
        return broken("has a match with offset zero");
    }
    out.done += static_cast<std::size_t>(made);
    return {};
}

Result<void> copy_block(ByteView block, Output& out) {
    if (block.size() > out.left()) return broken("expands to more than the stated length");
    std::ranges::copy(block, out.room.data() + out.done);
    out.done += block.size();
    return {};
}

Result<void> take_blocks(Cursor& in, const FrameHeader& header, Output& out) {
    while (const auto word = TRY(in.take_u32())) {
        const std::size_t size = word & ~kPlainBlock;
        if (size > header.max_block) return broken("has a block above its own limit");
        const auto block = TRY(in.take(size));
        TRY((word & kPlainBlock) != 0 ? copy_block(block, out) : expand_block(block, header, out));
    }
    if (out.left() != 0) return broken("expands to less than the stated length");
    return {};
}

}  // namespace

Result<void> decode_lz4_frame(ByteView frame, std::span<std::byte> out, std::size_t size) {
    Cursor in(frame);
    const auto header = TRY(take_header(in, size));
    Output output{out, size, 0};
    TRY(take_blocks(in, header, output));
    if ((header.flags & kContentChecksum) != 0 && TRY(in.take_u32()) != xxh32(out.first(size))) {
        return broken("has damaged content");
    }
    if (!in.at_end()) return broken("is followed by other bytes");
    return {};
}

std::optional<std::size_t> encode_lz4_frame(ByteView content, std::span<std::byte> out) {
    constexpr std::size_t kHead = 4 + 2 + 1 + 4;
    constexpr std::size_t kEnd = 4;
    if (out.size() <= kHead + kEnd || content.size() > std::size_t{256} * 1024) return std::nullopt;
    const int made = LZ4_compress_default(
        reinterpret_cast<const char*>(content.data()), reinterpret_cast<char*>(out.data() + kHead),
        static_cast<int>(content.size()), static_cast<int>(out.size() - kHead - kEnd));
    if (made <= 0) return std::nullopt;
    const auto size = static_cast<std::uint32_t>(made);
    store_le(out.data(), kMagic);
    out[4] = static_cast<std::byte>(kVersion1 | kIndependentBlocks);
    out[5] = static_cast<std::byte>(kBlockSize256K);
    out[6] = static_cast<std::byte>(xxh32(out.subspan(4, 2)) >> 8U);
    store_le(out.data() + 7, size);
    store_le(out.data() + kHead + size, std::uint32_t{0});
    return kHead + size + kEnd;
}

}  // namespace siahub::xet
