#pragma once
// Bodies that lie with other processes of this hub, or on Sia: a cache on disk in front of them.
// Made before the server starts and destroyed after it stopped, on the main thread.

#include "app/sia_link.hpp"
#include "config/config.hpp"
#include "gateway/peer_origin.hpp"
#include "store/disk_cache.hpp"
#include "store/remote_origin.hpp"

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
                 auth::LiveKeyRing keys, std::unique_ptr<SiaLink> sia, const Clock& clock,
                 const Log& log);

    store::DiskCache& cache() { return *cache_; }
    // Null where no indexd is configured.
    [[nodiscard]] SiaLink* sia() { return sia_.get(); }

  private:
    // What one node after the other does not have is on Sia, where there is one.
    struct Far {
        Far(store::BodyOrigin& peers, store::Pins& pins, store::RemoteBodies& bodies)
            : sia(pins, bodies), both(peers, sia) {}
        store::RemoteOrigin sia;
        store::FirstOf both;
    };

    store::Nodes nodes_;
    store::Pins pins_;
    std::unique_ptr<SiaLink> sia_;
    std::unique_ptr<http::Client> client_;
    gateway::PeerOrigin peers_;
    std::optional<Far> far_;
    std::unique_ptr<store::DiskCache> cache_;
};

}  // namespace siahub::app
