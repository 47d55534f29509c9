#include "sia/mux/frames.hpp"

#include "sia/mux/settings.hpp"

#include <algorithm>

namespace siahub::sia::mux {
namespace {

Frame frame_of(ByteView whole) {
    return {.id = load_le<std::uint32_t>(whole.data()) >> 1,
            .flags = load_le<std::uint16_t>(whole.data() + 6),
            .payload = whole.subspan(kFrameHeaderSize)};
}

std::size_t payload_length(const std::byte* header) {
    return load_le<std::uint16_t>(header + 4);
}

bool is_padding(std::byte first) {
    return (first & std::byte{1}) == std::byte{0};
}

}  // namespace

std::array<std::byte, 8> encode_header(StreamId id, std::uint16_t flags, std::size_t length) {
    std::array<std::byte, 8> header;
    store_le(header.data(), id << 1 | 1u);
    store_le(header.data() + 4, static_cast<std::uint16_t>(length));
    store_le(header.data() + 6, flags);
    return header;
}

FrameReader::FrameReader(std::size_t packet_size) : max_payload_(packet_size - kFrameHeaderSize) {}

// Fills `partial_` up to `size` bytes; false when the packet ends before.
bool FrameReader::complete(std::size_t size) {
    if (partial_.size() >= size) return true;
    const auto count = std::min(size - partial_.size(), rest_.size());
    append(partial_, rest_.first(count));
    rest_ = rest_.subspan(count);
    return partial_.size() == size;
}

Result<std::optional<Frame>> FrameReader::next() {
    const bool begun = !partial_.empty();
    if (!begun && (rest_.empty() || is_padding(rest_.front()))) {
        rest_ = {};
        return std::nullopt;
    }
    // A header alone in `partial_` may still be short; without one it is read in place.
    if (begun || rest_.size() < kFrameHeaderSize)
        if (!complete(kFrameHeaderSize)) return std::nullopt;
    const std::byte* header = partial_.empty() ? rest_.data() : partial_.data();
    const auto length = payload_length(header);
    if (length > max_payload_)
        return fail(Code::invalid_argument,
                    "The peer sent a frame of " + std::to_string(length) + " bytes.");
    const auto size = kFrameHeaderSize + length;
    if (partial_.empty() && rest_.size() >= size) {
        const auto whole = rest_.first(size);
        rest_ = rest_.subspan(size);
        return frame_of(whole);
    }
    if (!complete(size)) return std::nullopt;
    assembled_.swap(partial_);
    partial_.clear();
    return frame_of(assembled_);
}

}  // namespace siahub::sia::mux
