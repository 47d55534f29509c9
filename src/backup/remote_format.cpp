#include "backup/remote_format.hpp"

#include "sia/encoding.hpp"
#include "xet/limits.hpp"

#include <algorithm>
#include <limits>

namespace siahub::backup {
namespace {

constexpr std::string_view kNoteMagic = "siahub catalogue part 1\n";
constexpr std::string_view kListMagic = "siahub catalogue 1\n";
constexpr std::size_t kSegmentBytes = 32 + 4 + 8 + 4 + 4;
constexpr std::size_t kLongestName = 256;

Failure malformed(std::string_view why) {
    return fail(Code::unprocessable, "A snapshot on Sia is damaged: " + std::string(why));
}

void encode_segment(sia::Encoder& out, const Segment& segment) {
    out.fixed(segment.hash.view());
    out.u32(segment.pack);
    out.u64(segment.offset);
    out.u32(segment.stored);
    out.u32(segment.unpacked);
}

Segment decode_segment(sia::Decoder& in, std::size_t packs) {
    Segment segment;
    in.fixed(segment.hash.bytes);
    segment.pack = in.u32();
    segment.offset = in.u64();
    segment.stored = in.u32();
    segment.unpacked = in.u32();
    if (!in.ok()) return segment;
    constexpr auto far = std::numeric_limits<std::uint64_t>::max() / 2;
    if (segment.pack >= packs) in.reject("a segment names no pack");
    if (segment.stored <= xet::kChunkHeader ||
        segment.stored > xet::kMaxStoredChunk + xet::kChunkHeader || segment.unpacked == 0 ||
        segment.unpacked > xet::kMaxChunk || segment.offset > far)
        in.reject("a segment has no sensible size");
    return segment;
}

bool are_of(const std::vector<RemoteFile>& files, const Manifest& manifest) {
    std::vector<std::string> wanted{manifest.absent.file.name};
    for (const auto& table : manifest.tables)
        wanted.push_back(table.file.name);
    for (const auto& secret : manifest.secrets)
        wanted.push_back(secret.name);
    std::vector<std::string> found;
    found.reserve(files.size());
    for (const auto& file : files)
        found.push_back(file.name);
    std::ranges::sort(wanted);
    std::ranges::sort(found);
    return wanted == found;
}

}  // namespace

std::uint64_t RemoteList::stored_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& file : files)
        for (const auto& segment : file.segments)
            bytes += segment.stored;
    return bytes;
}

Bytes encode(const RemoteNote& note) {
    sia::Encoder out;
    out.fixed(as_bytes(kNoteMagic));
    out.u8(static_cast<std::uint8_t>(note.part));
    out.fixed(ByteView(note.id));
    out.i64(note.created_at);
    return out.take();
}

std::optional<RemoteNote> parse_remote_note(ByteView bytes) {
    sia::Decoder in(bytes, "A note");
    if (as_chars(in.raw(kNoteMagic.size())) != kNoteMagic) return std::nullopt;
    RemoteNote note;
    const auto part = in.u8();
    if (part != 1 && part != 2) return std::nullopt;
    note.part = static_cast<RemoteNote::Part>(part);
    in.fixed(std::span<std::byte>(note.id));
    note.created_at = in.i64();
    if (!in.finish()) return std::nullopt;
    return note;
}

Bytes encode(const RemoteList& list) {
    sia::Encoder out;
    out.fixed(as_bytes(kListMagic));
    out.string(render_manifest(list.manifest));
    out.count(list.packs.size());
    for (const auto& pack : list.packs)
        out.fixed(ByteView(pack));
    out.count(list.files.size());
    for (const auto& file : list.files) {
        out.string(file.name);
        out.count(file.segments.size());
        for (const auto& segment : file.segments)
            encode_segment(out, segment);
    }
    const auto digest = blake3(out.view());
    out.fixed(ByteView(digest));
    return out.take();
}

Result<RemoteList> parse_remote_list(ByteView bytes) {
    constexpr std::size_t digest_size = sizeof(Blake3Digest);
    if (bytes.size() < digest_size) return malformed("it is too short");
    const auto body = bytes.first(bytes.size() - digest_size);
    const auto digest = blake3(body);
    if (!std::ranges::equal(ByteView(digest), bytes.last(digest_size)))
        return malformed("its list does not have its checksum");
    sia::Decoder in(body, "The list of a snapshot");
    if (as_chars(in.raw(kListMagic.size())) != kListMagic)
        return fail(Code::unprocessable, "A snapshot on Sia was made by another version of siahub");
    RemoteList list;
    const auto manifest = in.bytes();
    list.packs.resize(in.count(sizeof(SnapshotId)));
    for (auto& pack : list.packs)
        in.fixed(std::span<std::byte>(pack));
    list.files.resize(in.count(2 * sizeof(std::uint64_t)));
    for (auto& file : list.files) {
        file.name = in.string(kLongestName);
        file.segments.resize(in.count(kSegmentBytes));
        for (auto& segment : file.segments)
            segment = decode_segment(in, list.packs.size());
    }
    if (const auto whole = in.finish(); !whole) return malformed(whole.error().message);
    list.manifest = TRY(parse_manifest(as_chars(manifest)));
    if (!are_of(list.files, list.manifest)) return malformed("its files are not the manifest's");
    return list;
}

}  // namespace siahub::backup
