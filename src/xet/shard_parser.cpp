#include "xet/shard_parser.hpp"

#include "xet/limits.hpp"
#include "xet/shard_format.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace siahub::xet {

namespace {

using namespace shard_format;

template <class... Args>
Failure broken(fmt::format_string<Args...> sentence, Args&&... args) {
    return fail(Code::invalid_argument, fmt::format(sentence, std::forward<Args>(args)...));
}

// One 48-byte record: a hash and four numbers, whatever they mean.
struct Record {
    ByteView bytes;

    [[nodiscard]] Hash hash() const { return Hash::from_raw(bytes.first<kHash>()); }
    [[nodiscard]] std::uint32_t number(std::size_t i) const {
        return load_le<std::uint32_t>(&bytes[kHash + 4 * i]);
    }
    [[nodiscard]] bool is_bookend() const {
        return std::ranges::all_of(bytes.first(kHash), [](auto b) { return b == std::byte{0xFF}; });
    }
};

class ShardReader {
  public:
    explicit ShardReader(ByteView body) : rest_(body) {}

    Result<Shard> read();

  private:
    Result<Record> take();
    Result<void> expect_records(std::uint64_t count, const char* what) const;
    Result<std::uint64_t> read_header();
    Result<void> read_files(Shard& shard);
    Result<ShardFile> read_file(const Record& head);
    Result<void> read_segments(ShardFile& file, std::uint32_t count);
    Result<void> read_xorbs(Shard& shard);
    Result<ShardXorb> read_xorb(const Record& head);
    Result<void> read_end(std::uint64_t footer_size) const;

    ByteView rest_;
    bool has_empty_file_ = false;
};

Result<Record> ShardReader::take() {
    if (rest_.size() < kRecord) return broken("The shard ends within a section");
    const Record record{rest_.first(kRecord)};
    rest_ = rest_.subspan(kRecord);
    return record;
}

Result<void> ShardReader::expect_records(std::uint64_t count, const char* what) const {
    if (count > rest_.size() / kRecord) {
        return broken("The shard states {} {} and is too short for them", count, what);
    }
    return {};
}

Result<std::uint64_t> ShardReader::read_header() {
    const auto record = TRY(take());
    if (!std::ranges::equal(record.bytes.first(kHash), tag())) {
        return broken("The body does not start as a shard does");
    }
    const auto version = load_le<std::uint64_t>(&record.bytes[kHash]);
    if (version != kVersion) return broken("Shard version {} is not known", version);
    const auto footer = load_le<std::uint64_t>(&record.bytes[kHash + 8]);
    if (footer != 0 && footer != kFooter) {
        return broken("A shard footer has {} bytes, not {}", kFooter, footer);
    }
    return footer;
}

Result<void> ShardReader::read_files(Shard& shard) {
    for (auto head = TRY(take()); !head.is_bookend(); head = TRY(take())) {
        auto file = TRY(read_file(head));
        // Repeating the empty file is harmless and would cost more memory than bytes.
        if (file.segments.empty() && std::exchange(has_empty_file_, true)) continue;
        shard.files.push_back(std::move(file));
        if (shard.files.back().has_verification != shard.files.front().has_verification) {
            return broken("Some files of the shard have verification and some have none");
        }
    }
    return {};
}

Result<ShardFile> ShardReader::read_file(const Record& head) {
    const auto flags = head.number(0);
    const auto count = head.number(1);
    ShardFile file;
    file.file = head.hash();
    file.has_verification = (flags & kHasVerification) != 0;
    if ((flags & ~(kHasVerification | kHasMetadata)) != 0) {
        return broken("File {}: flags {:08x} are not known", file.file.hex(), flags);
    }
    if (count == 0 && !file.file.is_zero()) {
        return broken("File {} has no segment and is not the empty file", file.file.hex());
    }
    const std::uint64_t records = file.has_verification ? std::uint64_t{count} * 2 : count;
    TRY(expect_records(records, "segment and verification records"));
    TRY(read_segments(file, count));
    if (file.has_verification) {
        file.verification.reserve(count);
        for (std::uint32_t i = 0; i < count; ++i)
            file.verification.push_back(TRY(take()).hash());
    }
    if ((flags & kHasMetadata) != 0) file.sha256 = sha256_from_stored(TRY(take()).hash());
    return file;
}

Result<void> ShardReader::read_segments(ShardFile& file, std::uint32_t count) {
    file.segments.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto record = TRY(take());
        const Segment segment{record.hash(), record.number(2), record.number(3), record.number(1)};
        if (segment.chunk_start >= segment.chunk_end || segment.chunk_end > kMaxXorbChunks) {
            return broken("File {}, segment {}: chunks {} to {} are no range", file.file.hex(), i,
                          segment.chunk_start, segment.chunk_end);
        }
        file.segments.push_back(segment);
    }
    return {};
}

Result<void> ShardReader::read_xorbs(Shard& shard) {
    for (auto head = TRY(take()); !head.is_bookend(); head = TRY(take())) {
        shard.xorbs.push_back(TRY(read_xorb(head)));
    }
    return {};
}

Result<ShardXorb> ShardReader::read_xorb(const Record& head) {
    const auto count = head.number(1);
    ShardXorb xorb{head.hash(), head.number(2), head.number(3), {}};
    if (count == 0 || count > kMaxXorbChunks) {
        return broken("Xorb {}: {} chunks; a xorb has 1 to {}", xorb.xorb.hex(), count,
                      kMaxXorbChunks);
    }
    TRY(expect_records(count, "chunk records"));
    xorb.chunks.reserve(count);
    std::uint32_t offset = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto record = TRY(take());
        const auto length = record.number(1);
        if (record.number(0) != offset || length == 0 || length > kMaxChunk) {
            return broken("Xorb {}: chunk {} has an impossible place or length", xorb.xorb.hex(),
                          i);
        }
        xorb.chunks.push_back({record.hash(), length, (record.number(2) & kDedupEligible) != 0});
        offset += length;
    }
    if (offset != xorb.unpacked_size) {
        return broken("Xorb {}: its chunks add up to {} bytes, not to {}", xorb.xorb.hex(), offset,
                      xorb.unpacked_size);
    }
    return xorb;
}

Result<void> ShardReader::read_end(std::uint64_t footer_size) const {
    if (footer_size == 0 && !rest_.empty())
        return broken("Bytes follow the last section of the shard");
    // Lookup tables may stand between the sections and the footer; neither is used.
    if (rest_.size() < footer_size) return broken("The shard ends within its footer");
    return {};
}

Result<Shard> ShardReader::read() {
    const auto footer_size = TRY(read_header());
    Shard shard;
    TRY(read_files(shard));
    TRY(read_xorbs(shard));
    TRY(read_end(footer_size));
    return shard;
}

}  // namespace

Result<Shard> parse_shard(ByteView body) {
    if (body.size() > kMaxShardBody) {
        return fail(Code::payload_too_large,
                    fmt::format("A shard has at most {} bytes", kMaxShardBody));
    }
    return ShardReader(body).read();
}

}  // namespace siahub::xet
