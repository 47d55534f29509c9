#include "store/cached_body.hpp"

#include "store/layout.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace siahub::store {
namespace {

constexpr std::string_view kMagic = "SHCACHE1";
constexpr std::size_t kBootBytes = 36;
constexpr std::size_t kHeader = kMagic.size() + kBootBytes;
constexpr std::uint64_t kJoin =
    128 * 1024;  // fetching this much twice is cheaper than asking twice
constexpr std::size_t kMaxMap = kHeader + xet::kMaxXorbChunks / 8 + 40 * xet::kMaxXorbChunks + 64;

std::size_t bitmap_bytes(std::size_t chunks) {
    return (chunks + 7) / 8;
}

Result<SharedFile> open_at(const std::filesystem::path& path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
    if (fd < 0) return Failure(io_error(errno, "open a cached file"));
    return std::make_shared<const FileHandle>(fd);
}

Result<void> write_at(int fd, std::uint64_t offset, ByteView bytes) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return Failure(io_error(errno, "write a cached file"));
        offset += static_cast<std::uint64_t>(written);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<Bytes> read_whole(const std::filesystem::path& path, std::size_t limit) {
    const auto file = TRY(open_at(path, O_RDONLY));
    struct stat status{};
    if (::fstat(file->fd(), &status) != 0) return Failure(io_error(errno, "read a cached file"));
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > limit) return fail(Code::invalid_argument, "a cache map of impossible size");
    Bytes bytes(size);
    TRY(read_exactly(file->fd(), 0, bytes));
    return bytes;
}

}  // namespace

ChunkSpan chunks_of(const xet::XorbIndex& index, xet::ByteSpan bytes) {
    const auto first =
        std::ranges::upper_bound(index.chunks, bytes.start, {}, &xet::ChunkEntry::physical_end);
    const auto last =
        std::ranges::lower_bound(index.chunks, bytes.end, {}, &xet::ChunkEntry::physical_end);
    const auto position = [&](auto at) {
        return static_cast<std::uint32_t>(at - index.chunks.begin());
    };
    return {position(first), std::min(position(last) + 1, index.chunk_count())};
}

Result<void> check_record(xet::ChunkDecoder& decoder, const xet::XorbIndex& index,
                          std::uint32_t chunk, ByteView record) {
    const auto header = TRY(xet::parse_chunk_header(record.first<xet::kChunkHeader>()));
    const auto payload = record.subspan(xet::kChunkHeader);
    if (header.stored != payload.size() || header.unpacked != index.unpacked_size(chunk, chunk + 1))
        return fail(Code::invalid_argument, "a record of another length");
    if (TRY(decoder.decode_hash(header, payload)) != index.chunks[chunk].hash)
        return fail(Code::invalid_argument, "a chunk of another hash");
    return {};
}

CachedBody::CachedBody(std::filesystem::path base, SharedIndex index, std::string_view boot,
                       bool trusted)
    : base_(std::move(base)),
      index_(std::move(index)),
      boot_(boot),
      trusted_(trusted),
      present_(index_->chunk_count()) {}

std::filesystem::path CachedBody::data_path() const {
    return base_.string() + ".body";
}

std::filesystem::path CachedBody::map_path() const {
    return base_.string() + ".map";
}

Result<std::shared_ptr<CachedBody>> CachedBody::create(const std::filesystem::path& base,
                                                       SharedIndex index, std::string_view boot) {
    auto body = std::make_shared<CachedBody>(base, std::move(index), boot, true);
    TRY(open_at(body->data_path(), O_CREAT | O_TRUNC | O_RDWR));
    TRY(body->save_map());
    return body;
}

Result<std::shared_ptr<CachedBody>> CachedBody::load(const std::filesystem::path& base,
                                                     const xet::Hash& xorb, std::string_view boot) {
    const Bytes map = TRY(read_whole(base.string() + ".map", kMaxMap));
    const auto text = as_chars(map);
    if (map.size() < kHeader || !text.starts_with(kMagic))
        return fail(Code::invalid_argument, "not a cache map");
    const auto rest = ByteView(map).subspan(kHeader);
    // n chunks take n/8 bytes of bits and 40 n bytes of index.
    constexpr std::size_t entry = 40;
    std::size_t chunks = rest.size() / entry;
    while (chunks > 0 && bitmap_bytes(chunks) + chunks * entry > rest.size())
        --chunks;
    const auto bits = bitmap_bytes(chunks);
    if (bits + chunks * entry != rest.size())
        return fail(Code::invalid_argument, "a cache map that was cut short");
    auto index = TRY(xet::XorbIndex::parse(xorb, rest.subspan(bits)));
    if (index.compute_hash() != xorb)
        return fail(Code::invalid_argument, "a cache map of another xorb");
    const bool same_boot = text.substr(kMagic.size(), kBootBytes) == boot;
    auto body = std::make_shared<CachedBody>(
        base, std::make_shared<const xet::XorbIndex>(std::move(index)), boot, same_boot);
    body->read_map(rest.first(bits));
    return body;
}

void CachedBody::read_map(ByteView bits) {
    for (std::uint32_t i = 0; i < present_.size(); ++i) {
        if ((std::to_integer<unsigned>(bits[i / 8]) >> (i % 8) & 1U) == 0) continue;
        present_[i] = true;
        bytes_ += index_->physical_range(i, i + 1).size();
    }
}

bool CachedBody::has(ChunkSpan chunks) const {
    if (!trusted_) return false;
    const std::scoped_lock guard(mutex_);
    return std::all_of(present_.begin() + chunks.start, present_.begin() + chunks.end,
                       [](bool there) { return there; });
}

std::vector<ChunkSpan> CachedBody::missing(ChunkSpan chunks) const {
    const std::scoped_lock guard(mutex_);
    std::vector<ChunkSpan> runs;
    for (auto i = chunks.start; i < chunks.end; ++i) {
        if (present_[i]) continue;
        const bool near =
            !runs.empty() &&
            index_->physical_start(i) - index_->physical_start(runs.back().end) <= kJoin;
        if (near)
            runs.back().end = i + 1;
        else
            runs.push_back({i, i + 1});
    }
    return runs;
}

std::uint64_t CachedBody::bytes_present() const {
    const std::scoped_lock guard(mutex_);
    return bytes_;
}

Result<SharedFile> CachedBody::open_file() const {
    return open_at(data_path(), O_RDWR);
}

Result<void> CachedBody::write(const FileHandle& file, std::uint32_t first, std::uint32_t count,
                               ByteView records) {
    TRY(write_at(file.fd(), index_->physical_start(first), records));
    {
        const std::scoped_lock guard(mutex_);
        for (auto i = first; i < first + count; ++i) {
            if (!present_[i]) bytes_ += index_->physical_range(i, i + 1).size();
            present_[i] = true;
        }
    }
    return save_map();
}

Result<void> CachedBody::check_claims(const FileHandle& file) {
    xet::ChunkDecoder decoder;
    Bytes record;
    for (std::uint32_t i = 0; i < present_.size(); ++i) {
        const auto where = index_->physical_range(i, i + 1);
        {
            const std::scoped_lock guard(mutex_);
            if (!present_[i]) continue;
        }
        record.resize(where.size());
        const bool good = read_exactly(file.fd(), where.start, record).has_value() &&
                          check_record(decoder, *index_, i, record).has_value();
        if (good) continue;
        const std::scoped_lock guard(mutex_);
        present_[i] = false;
        bytes_ -= where.size();
    }
    TRY(save_map());
    trusted_ = true;
    return {};
}

Bytes CachedBody::serialize_map() const {
    Bytes map;
    append(map, as_bytes(kMagic));
    append(map, as_bytes(boot_));
    const auto bits = map.size();
    {
        const std::scoped_lock guard(mutex_);
        map.resize(bits + bitmap_bytes(present_.size()));
        for (std::size_t i = 0; i < present_.size(); ++i)
            if (present_[i]) map[bits + i / 8] |= static_cast<std::byte>(1U << (i % 8));
    }
    append(map, index_->serialize());
    return map;
}

// In place: the parts that change are the boot id and the bits. Once removed, the name may belong
// to a later body of the same xorb, whose file holds other chunks.
Result<void> CachedBody::save_map() {
    const std::scoped_lock guard(map_mutex_);
    if (removed_) return {};
    const auto file = TRY(open_at(map_path(), O_CREAT | O_WRONLY));
    const auto map = serialize_map();
    TRY(write_at(file->fd(), 0, map));
    if (::ftruncate(file->fd(), static_cast<off_t>(map.size())) != 0)
        return Failure(io_error(errno, "write a cached file"));
    return {};
}

void CachedBody::remove() noexcept {
    const std::scoped_lock guard(map_mutex_);
    removed_ = true;
    ::unlink(map_path().c_str());
    ::unlink(data_path().c_str());
}

}  // namespace siahub::store
