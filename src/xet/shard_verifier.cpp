#include "xet/shard_verifier.hpp"

#include <fmt/format.h>

namespace siahub::xet {

namespace {

template <class... Args>
Failure untrue(fmt::format_string<Args...> sentence, Args&&... args) {
    return fail(Code::invalid_argument, fmt::format(sentence, std::forward<Args>(args)...));
}

Result<const XorbIndex*> checked_index(const ShardFile& file, std::size_t i,
                                       const IndexLookup& indexes) {
    const auto& segment = file.segments[i];
    const auto* index = indexes(segment.xorb);
    if (index == nullptr) {
        return untrue("File {}, segment {}: xorb {} has not been uploaded", file.file.hex(), i,
                      segment.xorb.hex());
    }
    if (!index->has_range(segment.chunk_start, segment.chunk_end)) {
        return untrue("File {}, segment {}: xorb {} has {} chunks, not a range {} to {}",
                      file.file.hex(), i, segment.xorb.hex(), index->chunk_count(),
                      segment.chunk_start, segment.chunk_end);
    }
    const auto length = index->unpacked_size(segment.chunk_start, segment.chunk_end);
    if (length != segment.unpacked_length) {
        return untrue("File {}, segment {}: its chunks have {} bytes, not {}", file.file.hex(), i,
                      length, segment.unpacked_length);
    }
    return index;
}

Result<void> check_range_hash(const ShardFile& file, std::size_t i, const XorbIndex& index) {
    if (!file.has_verification) return {};
    const auto& segment = file.segments[i];
    if (index.range_hash(segment.chunk_start, segment.chunk_end) != file.verification[i]) {
        return untrue("File {}, segment {}: the verification hash is wrong", file.file.hex(), i);
    }
    return {};
}

}  // namespace

Result<VerifiedFile> verify_file(const ShardFile& file, const IndexLookup& indexes,
                                 Verification verification) {
    if (!file.has_verification && verification == Verification::required) {
        return untrue("File {}: verification hashes are required", file.file.hex());
    }
    if (file.has_verification && file.verification.size() != file.segments.size()) {
        return untrue("File {}: {} segments have {} verification hashes", file.file.hex(),
                      file.segments.size(), file.verification.size());
    }
    VerifiedFile verified;
    TreeHasher tree;
    for (std::size_t i = 0; i < file.segments.size(); ++i) {
        const auto& segment = file.segments[i];
        const auto& index = *TRY(checked_index(file, i, indexes));
        TRY(check_range_hash(file, i, index));
        for (auto chunk = segment.chunk_start; chunk < segment.chunk_end; ++chunk) {
            tree.add(index.chunks[chunk].hash, index.unpacked_size(chunk, chunk + 1));
        }
        verified.size += segment.unpacked_length;
        verified.chunks += segment.chunk_end - segment.chunk_start;
    }
    const auto computed = file_hash_from_root(tree.finish(), verified.chunks > 0);
    if (computed != file.file) {
        return untrue("File {}: its segments hash to {}", file.file.hex(), computed.hex());
    }
    return verified;
}

Result<void> verify_xorb(const ShardXorb& claimed, const XorbIndex& stored) {
    if (claimed.chunks.size() != stored.chunks.size()) {
        return untrue("Xorb {} has {} chunks, not {}", claimed.xorb.hex(), stored.chunks.size(),
                      claimed.chunks.size());
    }
    for (std::uint32_t i = 0; i < stored.chunk_count(); ++i) {
        if (claimed.chunks[i].hash != stored.chunks[i].hash ||
            claimed.chunks[i].unpacked_length != stored.unpacked_size(i, i + 1)) {
            return untrue("Xorb {}: chunk {} is not the one that was uploaded", claimed.xorb.hex(),
                          i);
        }
    }
    return {};
}

}  // namespace siahub::xet
