#include "xet/xorb_builder.hpp"

#include <stdexcept>

namespace siahub::xet {

XorbBuilder::XorbBuilder(Limits limits)
    : limits_{std::min(limits.unpacked_bytes, kMaxXorb), std::min(limits.chunks, kMaxXorbChunks)} {}

bool XorbBuilder::fits(std::size_t chunk_size) const {
    return index_.chunks.size() < limits_.chunks &&
           index_.unpacked_size() + chunk_size <= limits_.unpacked_bytes;
}

ByteView XorbBuilder::append(const Hash& hash, ByteView chunk) {
    if (chunk.empty() || chunk.size() > kMaxChunk || !fits(chunk.size())) {
        throw std::logic_error("a chunk that does not fit was appended to a xorb");
    }
    const auto record = encoder_.encode(chunk);
    const auto size = static_cast<std::uint32_t>(chunk.size());
    index_.chunks.push_back({hash,
                             index_.records_size() + static_cast<std::uint32_t>(record.size()),
                             index_.unpacked_size() + size});
    tree_.add(hash, size);
    return record;
}

XorbIndex XorbBuilder::finish() {
    if (empty()) throw std::logic_error("a xorb without chunks was finished");
    index_.xorb = tree_.finish();
    return std::exchange(index_, {});
}

}  // namespace siahub::xet
