#include "backup/remote_reader.hpp"

#include "core/file_handle.hpp"
#include "core/file_io.hpp"
#include "xet/chunk_codec.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace siahub::backup {
namespace {

namespace fs = std::filesystem;

// What lies between two segments is read along when it is less than that.
constexpr std::uint64_t kGap = 1UL << 20;

Failure gone(std::string_view what) {
    return fail(Code::unprocessable, "The snapshot is not whole: " + std::string(what));
}

using SharedHandle = std::shared_ptr<const FileHandle>;

Result<SharedHandle> create(const fs::path& path) {
    const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) return Failure(io_error(errno, "create a file"));
    return std::make_shared<const FileHandle>(fd);
}

Result<void> write_at(int fd, std::uint64_t offset, ByteView bytes) {
    while (!bytes.empty()) {
        const auto n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return Failure(io_error(errno, "write to its disk"));
        bytes = bytes.subspan(static_cast<std::size_t>(n));
        offset += static_cast<std::uint64_t>(n);
    }
    return {};
}

Result<void> make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) fs::permissions(folder, fs::perms::owner_all, error);
    if (error) return Failure(io_error(error.value(), "make a directory for the snapshot"));
    return {};
}

}  // namespace

// Where a segment goes.
struct RemoteReader::Place {
    Segment segment;
    SharedHandle file;
    std::uint64_t at = 0;
};

// Neighbours in a pack.
struct RemoteReader::Run {
    std::span<const Place> places;  // by offset
    [[nodiscard]] xet::ByteSpan bytes() const {
        return {places.front().segment.offset, places.back().segment.end()};
    }
};

Task<Result<Manifest>> RemoteReader::fetch(RemoteShelf& shelf, RemoteShelf::Item item,
                                           fs::path folder) {
    const auto list = CO_TRY(co_await shelf.read(std::move(item)));
    const auto inside = folder / list.manifest.folder();
    CO_TRY(make_folder(folder));
    CO_TRY(make_folder(inside));
    CO_TRY(make_folder(folder / "tmp"));
    std::vector<Place> places;
    for (const auto& file : list.files) {
        const auto handle = CO_TRY(create(inside / file.name));
        std::uint64_t at = 0;
        for (const auto& segment : file.segments) {
            places.push_back({segment, handle, at});
            at += segment.unpacked;
        }
    }
    std::ranges::sort(places, [](const Place& a, const Place& b) {
        return std::tie(a.segment.pack, a.segment.offset) <
               std::tie(b.segment.pack, b.segment.offset);
    });
    progress_.begin("reading the catalogue", places.size(), list.stored_bytes());
    for (std::span<const Place> rest = places; !rest.empty();) {
        std::size_t count = 1;
        while (count < rest.size() && rest[count].segment.pack == rest[0].segment.pack &&
               rest[count].segment.offset <= rest[count - 1].segment.end() + kGap)
            ++count;
        const auto* const pack = shelf.find_pack(list.packs[rest[0].segment.pack]);
        if (pack == nullptr) co_return gone("a pack that it needs is not on Sia any more");
        CO_TRY(co_await fetch_run(*pack, {.places = rest.first(count)}));
        rest = rest.subspan(count);
    }
    CO_TRY(write_manifest(folder, list.manifest));
    co_return list.manifest;
}

Task<Result<void>> RemoteReader::fetch_run(const RemoteShelf::Item& pack, const Run& run) {
    const auto bytes = run.bytes();
    if (bytes.end > pack.size) co_return gone("a pack is shorter than its list says");
    const auto source = CO_TRY(co_await remote_.read(pack.object.sealed, bytes));
    Bytes held;
    auto at = bytes.start;  // of the first held byte
    xet::ChunkDecoder decoder;
    for (const auto& place : run.places) {
        const auto& segment = place.segment;
        if (at + held.size() < segment.end()) {
            // What lies before it is done with.
            const auto done = std::min<std::uint64_t>(segment.offset - at, held.size());
            held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(done));
            at += done;
        }
        while (at + held.size() < segment.end()) {
            const auto piece = CO_TRY(co_await source->next());
            if (piece.empty()) co_return gone("a pack ends early");
            append(held, piece);
        }
        const auto record = ByteView(held).subspan(segment.offset - at, segment.stored);
        const auto header = CO_TRY(xet::parse_chunk_header(record.first<xet::kChunkHeader>()));
        if (header.stored + xet::kChunkHeader != segment.stored ||
            header.unpacked != segment.unpacked)
            co_return gone("a record has another size than its list says");
        const auto chunk = CO_TRY(decoder.decode(header, record.subspan(xet::kChunkHeader)));
        if (xet::chunk_hash(chunk) != segment.hash)
            co_return gone("a record does not have its hash");
        CO_TRY(write_at(place.file->fd(), place.at, chunk));
        progress_.advance(1, segment.stored);
    }
    co_return Result<void>{};
}

}  // namespace siahub::backup
