#pragma once
// Compares what the hub believes to be on Sia with what indexd lists. A body that is not there is
// wanted there again where a node still has it; else it is lost, and its xorb is then forgotten, so
// that an upload stores it anew. Beside a running hub: objects that come or go meanwhile are left
// out.
//
// Errors: those of RemoteBodies; conflict when not one body is listed, which is what another app
// key looks like.

#include "core/clock.hpp"
#include "db/database.hpp"
#include "store/remote_bodies.hpp"

#include <vector>

namespace siahub::store {

struct PinAudit {
    std::uint64_t pinned = 0;          // bodies that were looked for
    std::vector<xet::Hash> requeued;   // not there; a node has them
    std::vector<xet::Hash> lost;       // not there, nor anywhere else
    std::uint64_t strangers = 0;       // objects with a body that no xorb of this hub is
    std::uint64_t copies = 0;          // of a body that is pinned by another object
    std::uint64_t stranger_bytes = 0;  // of both
};

// With `mend` false nothing changes.
Task<Result<PinAudit>> audit_pins(db::Database& database, RemoteBodies& remote, const Clock& clock,
                                  bool mend);

}  // namespace siahub::store
