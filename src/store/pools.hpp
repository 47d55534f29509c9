#pragma once
// The threads that store uses: `compute` for hashing, chunking and LZ4 (with the write or read that
// goes with it), `disk` for what sleeps (fsync, rename, open). Both outlive the store.

#include "core/work_pool.hpp"

namespace siahub::store {

struct Pools {
    WorkPool& compute;
    WorkPool& disk;
};

}  // namespace siahub::store
