#pragma once
// Puts a snapshot of the catalogue on Sia: every row that serving needs as it was at one moment,
// and the signing keys; no bodies. What an earlier snapshot has stored already is not stored again.
// The list that makes a snapshot goes last, so a crash leaves the ones before as they were.
// Snapshots beyond the newest few, and packs that none of the rest needs, are removed.
//
// run() is one task on one executor, and blocks nothing: rows are read on the disk pool. Errors:
// those of db/dump.hpp and of RemoteBodies; internal when Sia does not give back what was stored.

#include "backup/hub_place.hpp"
#include "backup/remote_shelf.hpp"
#include "core/log.hpp"
#include "store/pools.hpp"

#include <map>

namespace siahub::backup {

// What both directions work with; everything outlives them.
struct RemoteSources {
    HubPlace hub;
    std::string hub_version;
    store::RemoteBodies& remote;
    store::Pools pools;
    const Clock& clock;
    const Log& log;
};

struct RemoteReport {
    UnixMillis created_at = 0;  // of the newest snapshot that shows the hub as it is
    bool is_new = false;        // false: nothing had changed since the one before
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;         // of all rows
    std::uint64_t stored_bytes = 0;  // added on Sia
    std::uint64_t removed = 0;       // objects of snapshots before
};

class RemoteWriter {
  public:
    // `keep`: how many snapshots stay.
    RemoteWriter(RemoteSources sources, std::size_t keep)
        : sources_(std::move(sources)), keep_(keep) {}

    Task<Result<RemoteReport>> run(RemoteShelf& shelf);

  private:
    struct Draft;

    Task<std::optional<RemoteList>> base(RemoteShelf& shelf);
    Result<void> dump(Draft& draft) const;
    Result<void> pack(Draft& draft, const RemoteShelf& shelf, const RemoteList& base) const;
    Task<Result<void>> store(Draft& draft, RemoteShelf& shelf);
    Task<Result<void>> verify(Draft& draft, const Bytes& list,
                              const std::vector<store::RemoteObject>& objects);
    Task<Result<std::uint64_t>> prune(RemoteShelf& shelf);

    const RemoteSources sources_;
    const std::size_t keep_;
    std::map<SnapshotId, std::vector<SnapshotId>> packs_of_;  // lists that were read before
};

}  // namespace siahub::backup
