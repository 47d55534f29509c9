#include "xet/chunk_codec.hpp"

#include "xet/byte_grouping.hpp"
#include "xet/lz4_frame.hpp"

#include <fmt/format.h>

namespace siahub::xet {

namespace {

// Regrouped bytes are hashed in slices that stay in the first cache level and fill BLAKE3's lanes.
constexpr std::size_t kHashSlice = 16 * 1024;
constexpr std::size_t kSample = 4 * 1024;

std::uint32_t load_u24(const std::byte* at) {
    return std::to_integer<std::uint32_t>(at[0]) | std::to_integer<std::uint32_t>(at[1]) << 8U |
           std::to_integer<std::uint32_t>(at[2]) << 16U;
}

void store_u24(std::byte* at, std::uint32_t value) {
    at[0] = static_cast<std::byte>(value);
    at[1] = static_cast<std::byte>(value >> 8U);
    at[2] = static_cast<std::byte>(value >> 16U);
}

std::span<std::byte> room(Bytes& buffer, std::size_t size) {
    if (buffer.size() < size) buffer.resize(size);
    return std::span(buffer).first(size);
}

}  // namespace

Result<ChunkHeader> parse_chunk_header(std::span<const std::byte, kChunkHeader> bytes) {
    const auto scheme = std::to_integer<unsigned>(bytes[4]);
    if (bytes[0] != std::byte{0}) {
        return fail(Code::invalid_argument, fmt::format("Chunk version {} is not known",
                                                        std::to_integer<unsigned>(bytes[0])));
    }
    if (scheme > static_cast<unsigned>(Scheme::bg4_lz4)) {
        return fail(Code::invalid_argument,
                    fmt::format("Compression scheme {} is not known", scheme));
    }
    const ChunkHeader header{static_cast<Scheme>(scheme), load_u24(&bytes[1]), load_u24(&bytes[5])};
    if (header.unpacked == 0 || header.unpacked > kMaxChunk) {
        return fail(Code::invalid_argument,
                    fmt::format("A chunk has 1 to {} bytes, not {}", kMaxChunk, header.unpacked));
    }
    if (header.stored == 0 || header.stored > kMaxStoredChunk) {
        return fail(Code::invalid_argument,
                    fmt::format("A chunk is stored in 1 to {} bytes, not {}", kMaxStoredChunk,
                                header.stored));
    }
    if (header.scheme == Scheme::none && header.stored != header.unpacked) {
        return fail(Code::invalid_argument,
                    fmt::format("An uncompressed chunk of {} bytes is stored in {}",
                                header.unpacked, header.stored));
    }
    return header;
}

void write_chunk_header(const ChunkHeader& header, std::span<std::byte, kChunkHeader> out) {
    out[0] = std::byte{0};
    store_u24(&out[1], header.stored);
    out[4] = static_cast<std::byte>(header.scheme);
    store_u24(&out[5], header.unpacked);
}

Result<ByteView> ChunkDecoder::inflate(const ChunkHeader& header, ByteView payload) {
    const auto out = room(inflated_, header.unpacked + kLz4Slack);
    TRY(decode_lz4_frame(payload, out, header.unpacked));
    return out.first(header.unpacked);
}

Result<ByteView> ChunkDecoder::decode(const ChunkHeader& header, ByteView payload) {
    if (header.scheme == Scheme::none) return payload;
    const auto inflated = TRY(inflate(header, payload));
    if (header.scheme == Scheme::lz4) return inflated;
    const auto out = room(regrouped_, header.unpacked);
    ungroup4(inflated, 0, out);
    return out;
}

Result<Hash> ChunkDecoder::decode_hash(const ChunkHeader& header, ByteView payload) {
    if (header.scheme == Scheme::none) return chunk_hash(payload);
    const auto inflated = TRY(inflate(header, payload));
    if (header.scheme == Scheme::lz4) return chunk_hash(inflated);
    for (std::size_t at = 0; at < inflated.size(); at += kHashSlice) {
        const auto slice = room(regrouped_, std::min(kHashSlice, inflated.size() - at));
        ungroup4(inflated, at, slice);
        hasher_.update(slice);
    }
    return hasher_.finish();
}

std::size_t ChunkEncoder::packed_size(ByteView sample) {
    // A frame that does not end up an eighth smaller is not worth expanding on every read.
    const auto out = room(record_, sample.size() - sample.size() / 8);
    return encode_lz4_frame(sample, out).value_or(sample.size());
}

Scheme ChunkEncoder::guess(ByteView chunk) {
    const auto size = std::min(chunk.size(), kSample);
    std::size_t plain = 0;
    std::size_t grouped = 0;
    for (const auto start : {(chunk.size() - size) / 4, (chunk.size() - size) / 4 * 3}) {
        const auto sample = chunk.subspan(start, size);
        const auto groups = room(grouped_, size);
        group4(sample, groups);
        plain += packed_size(sample);
        grouped += packed_size(groups);
    }
    if (std::min(plain, grouped) == 2 * size) return Scheme::none;
    return grouped < plain ? Scheme::bg4_lz4 : Scheme::lz4;
}

ByteView ChunkEncoder::encode(ByteView chunk) {
    return encode_as(guess(chunk), chunk);
}

ByteView ChunkEncoder::encode_as(Scheme scheme, ByteView chunk) {
    const auto record = room(record_, kChunkHeader + chunk.size());
    const auto payload = record.subspan(kChunkHeader);
    std::optional<std::size_t> packed;
    if (scheme == Scheme::bg4_lz4) {
        const auto groups = room(grouped_, chunk.size());
        group4(chunk, groups);
        packed = encode_lz4_frame(groups, payload.first(payload.size() - 1));
    } else if (scheme == Scheme::lz4) {
        packed = encode_lz4_frame(chunk, payload.first(payload.size() - 1));
    }
    if (!packed) {
        scheme = Scheme::none;
        packed = chunk.size();
        std::ranges::copy(chunk, payload.begin());
    }
    const ChunkHeader header{scheme, static_cast<std::uint32_t>(*packed),
                             static_cast<std::uint32_t>(chunk.size())};
    write_chunk_header(header, record.first<kChunkHeader>());
    return record.first(kChunkHeader + *packed);
}

}  // namespace siahub::xet
