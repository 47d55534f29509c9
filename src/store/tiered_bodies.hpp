#pragma once
// Bodies on this node's disk, and behind them those that were evicted because Sia has them.
// Thread-safe.

#include "store/local_bodies.hpp"

namespace siahub::store {

class TieredBodies final : public Bodies {
  public:
    explicit TieredBodies(LocalBodies& local) : local_(local) {}
    // Before the first reader. `behind` outlives this.
    void put_behind(Bodies& behind) { behind_ = &behind; }

    Task<Result<std::uint64_t>> size(xet::Hash xorb) override;
    Task<Result<SharedFile>> open(xet::Hash xorb, xet::ByteSpan bytes) override;
    Task<std::unique_ptr<FetchAhead>> fetch_ahead(xet::Hash xorb, xet::ByteSpan bytes) override;

  private:
    LocalBodies& local_;
    Bodies* behind_ = nullptr;
};

}  // namespace siahub::store
