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

Result<void> FileVerifier::begin(Verification verification) const {
    if (!file_.has_verification && verification == Verification::required) {
        return untrue("File {}: verification hashes are required", file_.file.hex());
    }
    if (file_.has_verification && file_.verification.size() != file_.segments.size()) {
        return untrue("File {}: {} segments have {} verification hashes", file_.file.hex(),
                      file_.segments.size(), file_.verification.size());
    }
    return {};
}

Result<void> FileVerifier::verify_segments(std::size_t count, const IndexLookup& indexes) {
    for (const auto end = next_ + count; next_ < end; ++next_) {
        const auto& segment = file_.segments[next_];
        const auto& index = *TRY(checked_index(file_, next_, indexes));
        TRY(check_range_hash(file_, next_, index));
        for (auto chunk = segment.chunk_start; chunk < segment.chunk_end; ++chunk) {
            tree_.add(index.chunks[chunk].hash, index.unpacked_size(chunk, chunk + 1));
        }
        verified_.size += segment.unpacked_length;
        verified_.chunks += segment.chunk_end - segment.chunk_start;
    }
    return {};
}

Result<VerifiedFile> FileVerifier::finish() {
    const auto computed = file_hash_from_root(tree_.finish(), verified_.chunks > 0);
    if (computed != file_.file) {
        return untrue("File {}: its segments hash to {}", file_.file.hex(), computed.hex());
    }
    return verified_;
}

Result<VerifiedFile> verify_file(const ShardFile& file, const IndexLookup& indexes,
                                 Verification verification) {
    FileVerifier verifier(file);
    TRY(verifier.begin(verification));
    TRY(verifier.verify_segments(file.segments.size(), indexes));
    return verifier.finish();
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
