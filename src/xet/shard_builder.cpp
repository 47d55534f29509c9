#include "xet/shard_builder.hpp"

#include "xet/chunker.hpp"
#include "xet/shard_format.hpp"

#include <algorithm>

namespace siahub::xet {

namespace {

using namespace shard_format;

struct Footer {
    std::uint64_t file_section = kRecord;
    std::uint64_t xorb_section = 0;
    std::uint64_t tables = 0;  // the offset of all three lookup tables, which are empty
    Blake3Key key{};
    std::uint64_t created = 0;
    std::uint64_t expires = 0;
    std::uint64_t stored_bytes = 0;
    std::uint64_t unpacked_bytes = 0;
};

class ShardWriter {
  public:
    explicit ShardWriter(std::size_t footer_size) {
        append(out_, tag());
        append_le(out_, kVersion);
        append_le(out_, std::uint64_t{footer_size});
    }

    void record(const Hash& hash, std::array<std::uint32_t, 4> numbers = {}) {
        append(out_, hash.view());
        for (const auto number : numbers)
            append_le(out_, number);
    }

    void bookend() {
        Hash all_ones;
        all_ones.bytes.fill(std::byte{0xFF});
        record(all_ones);
    }

    void footer(const Footer& footer) {
        const auto offset = std::uint64_t{out_.size()};
        append_le(out_, kFooterVersion);
        append_le(out_, footer.file_section);
        append_le(out_, footer.xorb_section);
        for (int table = 0; table < 3; ++table) {
            append_le(out_, footer.tables);
            append_le(out_, std::uint64_t{0});
        }
        append(out_, footer.key);
        append_le(out_, footer.created);
        append_le(out_, footer.expires);
        out_.resize(out_.size() + kReservedBytes);
        append_le(out_, footer.stored_bytes);
        append_le(out_, std::uint64_t{0});
        append_le(out_, footer.unpacked_bytes);
        append_le(out_, offset);
    }

    void reserve(std::size_t size) { out_.reserve(size); }
    [[nodiscard]] std::uint64_t size() const { return out_.size(); }
    Bytes take() { return std::move(out_); }

  private:
    static constexpr std::size_t kReservedBytes = 48;

    Bytes out_;
};

void write_dedup_xorb(ShardWriter& out, const DedupXorb& xorb, const Blake3Key& key) {
    const auto& index = *xorb.index;
    out.record(index.xorb, {0, index.chunk_count(), index.unpacked_size(), index.records_size()});
    const bool keyed = key != Blake3Key{};
    for (std::uint32_t i = 0; i < index.chunk_count(); ++i) {
        const auto& hash = index.chunks[i].hash;
        const bool eligible =
            is_dedup_eligible(hash) || std::ranges::count(xorb.file_starts, i) > 0;
        out.record(keyed ? keyed_chunk_hash(key, hash) : hash,
                   {index.unpacked_start(i), index.unpacked_size(i, i + 1),
                    eligible ? kDedupEligible : 0, 0});
    }
}

void write_file(ShardWriter& out, const ShardFile& file) {
    const auto flags =
        (file.has_verification ? kHasVerification : 0) | (file.sha256 ? kHasMetadata : 0);
    out.record(file.file, {flags, static_cast<std::uint32_t>(file.segments.size()), 0, 0});
    for (const auto& segment : file.segments) {
        out.record(segment.xorb,
                   {0, segment.unpacked_length, segment.chunk_start, segment.chunk_end});
    }
    for (const auto& hash : file.verification)
        out.record(hash);
    if (file.sha256) out.record(stored_from_sha256(*file.sha256));
}

void write_xorb(ShardWriter& out, const ShardXorb& xorb) {
    out.record(xorb.xorb, {0, static_cast<std::uint32_t>(xorb.chunks.size()), xorb.unpacked_size,
                           xorb.stored_size});
    std::uint32_t offset = 0;
    for (const auto& chunk : xorb.chunks) {
        out.record(chunk.hash,
                   {offset, chunk.unpacked_length, chunk.dedup_eligible ? kDedupEligible : 0, 0});
        offset += chunk.unpacked_length;
    }
}

}  // namespace

Bytes build_dedup_answer(std::span<const DedupXorb> xorbs, const DedupAnswerTerms& terms) {
    ShardWriter out(kFooter);
    std::size_t records = 3;
    for (const auto& xorb : xorbs)
        records += 1 + xorb.index->chunks.size();
    out.reserve(records * kRecord + kFooter);
    out.bookend();
    Footer footer;
    footer.xorb_section = out.size();
    for (const auto& xorb : xorbs) {
        write_dedup_xorb(out, xorb, terms.key);
        footer.stored_bytes += xorb.index->records_size();
        footer.unpacked_bytes += xorb.index->unpacked_size();
    }
    out.bookend();
    // Clients compute table sizes from these offsets: zeros make them find nothing.
    footer.tables = out.size();
    footer.key = terms.key;
    footer.created = terms.created;
    footer.expires = terms.expires;
    out.footer(footer);
    return out.take();
}

Bytes build_upload_shard(const Shard& shard, ShardFooter form, std::uint64_t created) {
    ShardWriter out(form == ShardFooter::js ? kFooter : 0);
    for (const auto& file : shard.files)
        write_file(out, file);
    out.bookend();
    Footer footer;
    footer.xorb_section = out.size();
    footer.created = created;
    for (const auto& xorb : shard.xorbs) {
        write_xorb(out, xorb);
        footer.stored_bytes += xorb.stored_size;
        footer.unpacked_bytes += xorb.unpacked_size;
    }
    out.bookend();
    if (form == ShardFooter::js) out.footer(footer);
    return out.take();
}

}  // namespace siahub::xet
