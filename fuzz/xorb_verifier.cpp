// A xorb body in pieces: whatever the bytes, every way of cutting them gives the same verdict, and
// what is accepted reads back chunk by chunk with the hashes of the index.

#include "xet/xorb_verifier.hpp"

#include <cstdlib>

using namespace siahub;
using namespace siahub::xet;

namespace {

Result<XorbIndex> verify(XorbVerifier& verifier, ByteView body, std::size_t piece_size) {
    std::size_t records = 0;
    for (std::size_t at = 0; at < body.size(); at += piece_size) {
        records += TRY(verifier.feed(body.subspan(at, std::min(piece_size, body.size() - at))));
    }
    auto index = TRY(verifier.finish());
    if (records != index.records_size()) std::abort();
    return index;
}

void read_back(const XorbIndex& index, ByteView body) {
    if (XorbIndex::parse(index.xorb, index.serialize()).value() != index) std::abort();
    if (index.compute_hash() != index.xorb) std::abort();
    ChunkDecoder decoder;
    for (std::uint32_t i = 0; i < index.chunk_count(); ++i) {
        const auto range = index.physical_range(i, i + 1);
        const auto record = body.subspan(range.start, range.size());
        const auto header = parse_chunk_header(record.first<kChunkHeader>()).value();
        const auto chunk = decoder.decode(header, record.subspan(kChunkHeader)).value();
        if (chunk_hash(chunk) != index.chunks[i].hash) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const auto body = std::as_bytes(std::span(data, size)).subspan(1);
    XorbVerifier verifier;
    const auto pieces = verify(verifier, body, std::size_t{data[0]} + 1);
    verifier.reset();
    const auto whole = verify(verifier, body, body.size() + 1);
    if (pieces.has_value() != whole.has_value()) std::abort();
    if (!whole) return 0;
    if (*pieces != *whole) std::abort();
    read_back(*whole, body);
    return 0;
}
