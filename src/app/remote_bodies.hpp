#pragma once
// Bodies that lie with other processes of this hub: a cache on disk in front of them. Made before
// the server starts and destroyed after it stopped, on the main thread.

#include "config/config.hpp"
#include "gateway/peer_origin.hpp"
#include "store/disk_cache.hpp"

namespace siahub::app {

class RemoteBodies {
  public:
    static Result<std::unique_ptr<RemoteBodies>> open(const config::Config& config,
                                                      db::Database& database,
                                                      store::XorbCatalog& catalog,
                                                      auth::LiveKeyRing keys, net::IoThreads& io,
                                                      store::Pools pools, const Clock& clock,
                                                      const Log& log);
    RemoteBodies(std::unique_ptr<http::Client> client, db::Database& database,
                 auth::LiveKeyRing keys, const Clock& clock, const Log& log);

    store::DiskCache& cache() { return *cache_; }

  private:
    store::Nodes nodes_;
    std::unique_ptr<http::Client> client_;
    gateway::PeerOrigin origin_;
    std::unique_ptr<store::DiskCache> cache_;
};

}  // namespace siahub::app
