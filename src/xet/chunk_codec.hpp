#pragma once
// The chunk record of a xorb: an 8-byte header and the chunk, plain, as one LZ4 frame, or grouped
// by byte position modulo 4 and then as one LZ4 frame. Format: docs/formats/xorb.md. Decoder and
// encoder keep their buffers between chunks and belong to one thread. Malformed input is
// invalid_argument; the output of a decoder never exceeds the length the header states.

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "xet/hash.hpp"
#include "xet/limits.hpp"

namespace siahub::xet {

enum class Scheme : std::uint8_t { none = 0, lz4 = 1, bg4_lz4 = 2 };

struct ChunkHeader {
    Scheme scheme = Scheme::none;
    std::uint32_t stored = 0;    // bytes of payload, 1..kMaxStoredChunk
    std::uint32_t unpacked = 0;  // bytes of the chunk, 1..kMaxChunk

    friend bool operator==(const ChunkHeader&, const ChunkHeader&) = default;
};

Result<ChunkHeader> parse_chunk_header(std::span<const std::byte, kChunkHeader> bytes);
void write_chunk_header(const ChunkHeader& header, std::span<std::byte, kChunkHeader> out);

class ChunkDecoder {
  public:
    // The chunk, of exactly header.unpacked bytes; `payload` is exactly header.stored bytes. The
    // view is `payload` itself (scheme none) or a buffer that lives until the next call.
    Result<ByteView> decode(const ChunkHeader& header, ByteView payload);
    // decode() and chunk_hash() in one, with less memory and less traffic.
    Result<Hash> decode_hash(const ChunkHeader& header, ByteView payload);

  private:
    Result<ByteView> inflate(const ChunkHeader& header, ByteView payload);

    Bytes inflated_;
    Bytes regrouped_;
    ChunkHasher hasher_;
};

class ChunkEncoder {
  public:
    // Header and payload of one chunk (1..kMaxChunk bytes) in whichever scheme looks smallest on
    // two samples; never larger than kChunkHeader + chunk.size(). Lives until the next call.
    ByteView encode(ByteView chunk);
    // The same with the scheme given; compression that does not shrink still falls back to none.
    ByteView encode_as(Scheme scheme, ByteView chunk);

  private:
    Scheme guess(ByteView chunk);
    std::size_t packed_size(ByteView sample);

    Bytes record_;
    Bytes grouped_;
};

}  // namespace siahub::xet
