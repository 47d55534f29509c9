#pragma once
// Puts in order what a crash left, before the store takes its first request: temporary files go;
// a body without rows was renamed but never acknowledged, so it is verified and adopted, or
// removed; rows without their body, or with one of another size, are forgotten and reported, so
// that the next upload of the xorb stores it again. Only the rows of this node are looked at.
// Memory: 40 bytes per body on disk.

#include "core/log.hpp"
#include "store/xorb_store.hpp"

namespace siahub::store {

struct Recovered {
    std::size_t adopted = 0;
    std::size_t removed = 0;  // bodies that were damaged, or that nobody needs any more
    std::size_t lost = 0;     // rows whose body is gone
};

Task<Result<Recovered>> recover(db::Database& database, std::string_view node, LocalBodies& bodies,
                                XorbStore& xorbs, Pools pools, const Log& log);

}  // namespace siahub::store
