#pragma once
// Frees the disk of a node: when its bodies take more than they may, those that are on Sia and were
// read longest ago go. The row goes first, then the file; a crash in between leaves a file without
// a row, which recovery takes for a body again. A body that is not pinned is never touched.
// Memory: some 60 bytes per body while it looks for candidates.

#include "core/log.hpp"
#include "store/local_bodies.hpp"
#include "store/pins.hpp"

#include <atomic>

namespace siahub::store {

struct EvictionCounts {
    std::atomic<std::uint64_t> bodies = 0, bytes = 0;
    std::atomic<std::uint64_t> local_bytes = 0;  // when it looked last
};

class Evictor {
  public:
    // Everything outlives this. `limit`: bytes that bodies of this node may take.
    Evictor(db::Database& database, LocalBodies& bodies, std::string node, Pools pools,
            const Log& log, std::uint64_t limit);

    // To be called every now and then, by one task.
    Task<Result<void>> run();
    [[nodiscard]] const EvictionCounts& counts() const { return counts_; }

  private:
    struct Candidate {
        xet::Hash xorb;
        std::uint64_t size = 0;
        std::int64_t read_at = 0;
    };
    Task<Result<std::uint64_t>> local_bytes();
    Task<Result<std::vector<Candidate>>> candidates();
    Task<Result<bool>> evict(const Candidate& candidate);

    db::Database& database_;
    LocalBodies& bodies_;
    const std::string node_;
    Pools pools_;
    const Log& log_;
    const std::uint64_t limit_;
    EvictionCounts counts_;
};

}  // namespace siahub::store
