#pragma once
// Brings a snapshot of the catalogue back from Sia, as a directory that restore() takes: a backup
// without bodies. Every chunk is checked against its hash, and restore() checks whole files.
//
// Errors: unprocessable when the snapshot is damaged or a part of it is gone; those of
// RemoteBodies; unavailable for the disk.

#include "backup/progress.hpp"
#include "backup/remote_shelf.hpp"
#include "store/pools.hpp"

namespace siahub::backup {

class RemoteReader {
  public:
    RemoteReader(store::RemoteBodies& remote, store::Pools pools, Progress& progress)
        : remote_(remote), pools_(pools), progress_(progress) {}

    // `folder` does not exist yet.
    Task<Result<Manifest>> fetch(RemoteShelf& shelf, RemoteShelf::Item item,
                                 std::filesystem::path folder);

  private:
    struct Place;
    struct Run;

    Task<Result<void>> fetch_run(const RemoteShelf::Item& pack, const Run& run);

    store::RemoteBodies& remote_;
    store::Pools pools_;
    Progress& progress_;
};

}  // namespace siahub::backup
