#include "xet/xorb_verifier.hpp"

#include <fmt/format.h>

namespace siahub::xet {

namespace {

constexpr std::byte kFooterStart{'X'};

}  // namespace

Result<std::size_t> XorbVerifier::feed(ByteView piece) {
    if (state_ == State::done) {
        return fail(Code::invalid_argument, "The xorb has been refused or is complete");
    }
    const auto before = records_size_;
    while (!piece.empty()) {
        auto taken = consume(piece);
        if (!taken) {
            state_ = State::done;
            return std::unexpected(std::move(taken).error());
        }
        piece = piece.subspan(*taken);
    }
    return records_size_ - before;
}

Result<std::size_t> XorbVerifier::consume(ByteView piece) {
    const bool footer_begins = state_ == State::header && header_have_ == 0 &&
                               piece[0] == kFooterStart && !index_.chunks.empty();
    if (footer_begins) {
        index_.xorb = tree_.finish();
        state_ = State::footer;
    }
    if (state_ == State::footer) {
        TRY(footer_.feed(index_, piece));
        return piece.size();
    }
    const auto taken = state_ == State::header ? TRY(take_header(piece)) : TRY(take_payload(piece));
    records_size_ += taken;
    return taken;
}

Result<std::size_t> XorbVerifier::take_header(ByteView piece) {
    const auto count = std::min(kChunkHeader - header_have_, piece.size());
    std::ranges::copy(piece.first(count), header_bytes_.begin() + header_have_);
    header_have_ += count;
    if (header_have_ == kChunkHeader) TRY(begin_record());
    return count;
}

Result<void> XorbVerifier::begin_record() {
    auto header = parse_chunk_header(header_bytes_);
    if (!header) {
        return fail(header.error().code,
                    fmt::format("Chunk {}: {}", index_.chunks.size(), header.error().message));
    }
    header_ = *header;
    if (index_.chunks.size() == kMaxXorbChunks) {
        return fail(Code::invalid_argument,
                    fmt::format("A xorb has at most {} chunks", kMaxXorbChunks));
    }
    if (index_.records_size() + kChunkHeader + header_.stored > kMaxXorbRecords) {
        return fail(Code::payload_too_large,
                    fmt::format("The chunks of a xorb take at most {} bytes", kMaxXorbRecords));
    }
    payload_have_ = 0;
    payload_.clear();
    state_ = State::payload;
    return {};
}

Result<std::size_t> XorbVerifier::take_payload(ByteView piece) {
    const auto count = std::min(header_.stored - payload_have_, piece.size());
    const auto part = piece.first(count);
    const bool whole = count == header_.stored;
    payload_have_ += count;
    const bool complete = payload_have_ == header_.stored;
    if (!whole && header_.scheme == Scheme::none) {
        plain_hasher_.update(part);
        if (complete) end_record(plain_hasher_.finish());
        return count;
    }
    if (!whole) {
        payload_.reserve(header_.stored);
        append(payload_, part);
    }
    if (!complete) return count;
    auto hash = decoder_.decode_hash(header_, whole ? part : ByteView(payload_));
    if (!hash) {
        return fail(hash.error().code,
                    fmt::format("Chunk {}: {}", index_.chunks.size(), hash.error().message));
    }
    end_record(*hash);
    return count;
}

void XorbVerifier::end_record(const Hash& hash) {
    const auto physical = index_.records_size() + kChunkHeader + header_.stored;
    const auto unpacked = index_.unpacked_size() + header_.unpacked;
    index_.chunks.push_back({hash, static_cast<std::uint32_t>(physical), unpacked});
    tree_.add(hash, header_.unpacked);
    header_have_ = 0;
    state_ = State::header;
}

Result<XorbIndex> XorbVerifier::finish() {
    const auto state = std::exchange(state_, State::done);
    if (state == State::done) {
        return fail(Code::invalid_argument, "The xorb has been refused or is complete");
    }
    if (state == State::payload || header_have_ != 0) {
        return fail(Code::invalid_argument,
                    fmt::format("The xorb ends within chunk {}", index_.chunks.size()));
    }
    if (index_.chunks.empty()) return fail(Code::invalid_argument, "The xorb has no chunk");
    if (state == State::footer) {
        TRY(footer_.finish(index_));
    } else {
        index_.xorb = tree_.finish();
    }
    return std::move(index_);
}

Result<XorbIndex> XorbVerifier::finish(const Hash& claimed) {
    auto index = TRY(finish());
    if (index.xorb != claimed) {
        return fail(Code::invalid_argument, fmt::format("The xorb's chunks hash to {}, not to {}",
                                                        index.xorb.hex(), claimed.hex()));
    }
    return index;
}

void XorbVerifier::reset() {
    state_ = State::header;
    header_have_ = 0;
    plain_hasher_ = ChunkHasher();
    index_ = {};
    tree_ = {};
    records_size_ = 0;
    footer_.reset();
}

}  // namespace siahub::xet
