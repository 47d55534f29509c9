#include "backup/remote_packer.hpp"

#include "core/file_io.hpp"
#include "xet/chunker.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace siahub::backup {
namespace {

constexpr std::size_t kPieceBytes = 1024UL * 1024;

Result<std::size_t> read_some(int fd, std::span<std::byte> out) {
    for (;;) {
        const auto n = ::read(fd, out.data(), out.size());
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno != EINTR) return Failure(io_error(errno, "read from its disk"));
    }
}

}  // namespace

RemotePacker::RemotePacker(SnapshotId id, store::TempFile pack, const RemoteList& base,
                           const std::function<bool(const SnapshotId&)>& is_there)
    : id_(id), pack_(std::move(pack)) {
    std::vector<bool> there;
    there.reserve(base.packs.size());
    for (const auto& known : base.packs)
        there.push_back(is_there(known));
    for (const auto& file : base.files)
        for (const auto& segment : file.segments)
            if (there[segment.pack])
                known_.try_emplace(segment.hash, Known{base.packs[segment.pack], segment});
}

Result<RemoteFile> RemotePacker::add(const std::filesystem::path& folder, const std::string& name) {
    const int fd = ::open((folder / name).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Failure(io_error(errno, "open a file of the snapshot"));
    const FileHandle closer(fd);
    RemoteFile file{.name = name, .segments = {}};
    xet::Chunker chunker;
    Bytes buffer(kPieceBytes);
    Bytes chunk;
    while (const auto n = TRY(read_some(fd, buffer))) {
        for (auto rest = ByteView(buffer).first(n); !rest.empty();) {
            const auto cut = chunker.next_cut(rest);
            const auto taken = cut.value_or(rest.size());
            append(chunk, rest.first(taken));
            rest = rest.subspan(taken);
            if (!cut) continue;
            file.segments.push_back(TRY(add_chunk(chunk)));
            chunk.clear();
        }
    }
    if (!chunk.empty()) file.segments.push_back(TRY(add_chunk(chunk)));
    return file;
}

Result<Segment> RemotePacker::add_chunk(ByteView chunk) {
    const auto hash = xet::chunk_hash(chunk);
    auto found = known_.find(hash);
    if (found == known_.end()) {
        const auto record = encoder_.encode(chunk);
        const Segment segment{.hash = hash,
                              .pack = 0,
                              .offset = pack_.size(),
                              .stored = static_cast<std::uint32_t>(record.size()),
                              .unpacked = static_cast<std::uint32_t>(chunk.size())};
        TRY(pack_.append(record));
        found = known_.emplace(hash, Known{id_, segment}).first;
    }
    auto segment = found->second.segment;
    segment.pack = number_of(found->second.pack);
    return segment;
}

// There are few.
std::uint32_t RemotePacker::number_of(const SnapshotId& pack) {
    const auto found = std::ranges::find(packs_, pack);
    if (found != packs_.end()) return static_cast<std::uint32_t>(found - packs_.begin());
    packs_.push_back(pack);
    return static_cast<std::uint32_t>(packs_.size() - 1);
}

}  // namespace siahub::backup
