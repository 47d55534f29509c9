#pragma once
// After a crash, or an upload whose end nobody saw: finds the objects on Sia that no row names.
// Those of a xorb that still waits become its object; those of one that is pinned by another object
// already are removed, so that nothing is paid for twice for ever. Only objects that this node has
// stored are looked at, by their notes; an object of a xorb that the hub does not know stays: it
// may be what a lost database is rebuilt from.

#include "core/log.hpp"
#include "store/local_bodies.hpp"
#include "store/pins.hpp"
#include "store/xorb_catalog.hpp"

namespace siahub::store {

// What pinning works with.
struct PinSources {
    db::Database& database;
    Pins& pins;
    LocalBodies& bodies;
    XorbCatalog& catalog;
    RemoteBodies& remote;
    Pools pools;
    const Clock& clock;
    const Log& log;
};

struct Reconciled {
    std::uint64_t adopted = 0, removed = 0;
};

// Reads a random range of a body from Sia and from the disk, and compares.
Task<Result<void>> verify_sample(PinSources sources, xet::Hash xorb, std::uint64_t size,
                                 const RemoteObject& object);

class PinReconciler {
  public:
    explicit PinReconciler(PinSources sources) : sources_(sources) {}
    // Afterwards nothing of this node is `uploading`.
    Task<Result<Reconciled>> run();

  private:
    Task<Result<void>> look_at(const ListedObject& listed, Reconciled& done);
    Task<Result<void>> remove(const ListedObject& listed, Reconciled& done);

    const PinSources sources_;
};

}  // namespace siahub::store
