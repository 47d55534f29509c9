// One chunk record: the decoder agrees with liblz4's own frame decoder about what is a chunk,
// wherever the two mean to agree (a single frame without a dictionary), and both ways of decoding
// agree.

#include "xet/chunk_codec.hpp"

#include <cstdlib>
#include <memory>

#include <lz4frame.h>

using namespace siahub;
using namespace siahub::xet;

namespace {

// The content of exactly one frame of exactly `size` bytes, or nothing.
std::optional<Bytes> library_decode(ByteView frame, std::size_t size) {
    LZ4F_dctx* created = nullptr;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&created, LZ4F_VERSION))) std::abort();
    const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> context(
        created, LZ4F_freeDecompressionContext);
    Bytes out(size + 1);
    std::size_t made = 0;
    while (true) {
        auto out_size = out.size() - made;
        auto in_size = frame.size();
        const auto hint = LZ4F_decompress(context.get(), out.data() + made, &out_size, frame.data(),
                                          &in_size, nullptr);
        if (LZ4F_isError(hint)) return std::nullopt;
        made += out_size;
        frame = frame.subspan(in_size);
        if (hint == 0) break;
        if (out_size == 0 && in_size == 0) return std::nullopt;
    }
    if (!frame.empty() || made != size) return std::nullopt;
    out.resize(size);
    return out;
}

void check_against_library(const ChunkHeader& header, ByteView payload,
                           const Result<ByteView>& chunk) {
    constexpr std::uint32_t kMagic = 0x184D2204;
    // The library also reads skippable frames, dictionaries and block checksums.
    if (payload.size() < 5 || load_le<std::uint32_t>(payload.data()) != kMagic) return;
    if ((std::to_integer<unsigned>(payload[4]) & 0x11U) != 0) return;
    const auto expected = library_decode(payload, header.unpacked);
    // The one thing that is refused on purpose (lz4_frame.hpp).
    if (expected && !chunk && chunk.error().message.ends_with("offset zero")) return;
    if (expected.has_value() != chunk.has_value()) std::abort();
    if (expected && !std::ranges::equal(*expected, *chunk)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto record = std::as_bytes(std::span(data, size));
    if (size < kChunkHeader) return 0;
    auto header = parse_chunk_header(record.first<kChunkHeader>());
    if (!header) return 0;
    const auto payload = record.subspan(kChunkHeader);
    if (header->scheme == Scheme::none) return 0;
    header->stored = static_cast<std::uint32_t>(payload.size());
    ChunkDecoder decoder;
    const auto hash = decoder.decode_hash(*header, payload);
    const auto chunk = decoder.decode(*header, payload);
    if (hash.has_value() != chunk.has_value()) std::abort();
    if (chunk && (chunk->size() != header->unpacked || chunk_hash(*chunk) != *hash)) std::abort();
    if (header->scheme == Scheme::lz4) check_against_library(*header, payload, chunk);
    return 0;
}
