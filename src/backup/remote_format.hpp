#pragma once
// A snapshot of the catalogue among the objects on Sia: packs of chunk records, and a list that
// says of which records the files of a backup without bodies are made. Notes tell these objects
// from bodies. A list is stored after its pack, so one that exists can be followed. Layout:
// docs/formats/remote_snapshot.md. Pure; foreign bytes end in unprocessable.

#include "backup/manifest.hpp"
#include "core/clock.hpp"
#include "xet/hash.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace siahub::backup {

using SnapshotId = std::array<std::byte, 16>;

// What an object's note says about it.
struct RemoteNote {
    enum class Part : std::uint8_t { pack = 1, list = 2 };
    Part part = Part::pack;
    SnapshotId id{};
    UnixMillis created_at = 0;

    friend bool operator==(const RemoteNote&, const RemoteNote&) = default;
};

Bytes encode(const RemoteNote& note);
// Nothing when it is another kind of note.
std::optional<RemoteNote> parse_remote_note(ByteView bytes);

// A piece of a file: one chunk record in a pack.
struct Segment {
    xet::Hash hash;  // of the chunk
    std::uint32_t pack = 0;
    std::uint64_t offset = 0;
    std::uint32_t stored = 0;  // the record, with its header
    std::uint32_t unpacked = 0;

    [[nodiscard]] std::uint64_t end() const { return offset + stored; }
    friend bool operator==(const Segment&, const Segment&) = default;
};

struct RemoteFile {
    std::string name;
    std::vector<Segment> segments;
    friend bool operator==(const RemoteFile&, const RemoteFile&) = default;
};

struct RemoteList {
    Manifest manifest;
    std::vector<SnapshotId> packs;  // whose records segments name
    std::vector<RemoteFile> files;  // those of the manifest

    [[nodiscard]] std::uint64_t stored_bytes() const;  // of all segments, each as often as it is
    friend bool operator==(const RemoteList&, const RemoteList&) = default;
};

Bytes encode(const RemoteList& list);
Result<RemoteList> parse_remote_list(ByteView bytes);

}  // namespace siahub::backup
