#pragma once
// Cuts the files of a snapshot into chunks and gathers the records of those that no earlier
// snapshot has stored. Rows that are as they were so cost nothing again. Blocks; one thread.

#include "backup/remote_format.hpp"
#include "store/layout.hpp"
#include "xet/chunk_codec.hpp"

#include <functional>
#include <unordered_map>

namespace siahub::backup {

class RemotePacker {
  public:
    // New records go to the end of `pack`, which will be stored as the pack `id`. Of `base` those
    // are used again whose pack is still there.
    RemotePacker(SnapshotId id, store::TempFile pack, const RemoteList& base,
                 const std::function<bool(const SnapshotId&)>& is_there);

    Result<RemoteFile> add(const std::filesystem::path& folder, const std::string& name);
    // Those that segments name.
    [[nodiscard]] const std::vector<SnapshotId>& packs() const { return packs_; }
    [[nodiscard]] const store::TempFile& pack() const { return pack_; }

  private:
    Result<Segment> add_chunk(ByteView chunk);
    std::uint32_t number_of(const SnapshotId& pack);

    struct Known {
        SnapshotId pack{};
        Segment segment;
    };
    const SnapshotId id_;
    store::TempFile pack_;
    std::unordered_map<xet::Hash, Known> known_;
    std::vector<SnapshotId> packs_;
    xet::ChunkEncoder encoder_;
};

}  // namespace siahub::backup
