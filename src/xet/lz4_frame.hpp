#pragma once
// The LZ4 frame format (version 1.6.x of its specification) for frames whose content length is
// known beforehand. liblz4's own frame decoder allocates up to 8 MiB on the word of a frame's
// header and copies blocks through them; here blocks go straight into the caller's buffer with the
// library's block decoder, and nothing is allocated. All of the format is read (linked blocks,
// checksums) except dictionaries, which the Xet protocol has no way to name. Errors are
// invalid_argument.

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <optional>

namespace siahub::xet {

// Room behind the content: with less, the block decoder refuses last sequences that other decoders
// read.
inline constexpr std::size_t kLz4Slack = 64;

// Expands exactly one frame of exactly `size` bytes of content into `out`, which has room for at
// least size + kLz4Slack bytes. The bytes behind the content are then anything.
//
// A match with offset 0 is refused although liblz4 reads it (as zeros): it is invalid, other
// decoders reject it or copy what their buffer held before, and clients do not check what they
// decode. Letting it in would store a chunk that is right here and wrong or unreadable for everyone
// who deduplicates against it.
Result<void> decode_lz4_frame(ByteView frame, std::span<std::byte> out, std::size_t size);

// One independent block of at most 256 KiB without checksums, which every client reads. The size of
// the frame, or nothing when it does not fit into `out`.
std::optional<std::size_t> encode_lz4_frame(ByteView content, std::span<std::byte> out);

}  // namespace siahub::xet
