#include "app/remote_bodies.hpp"

#include "app/peer_client.hpp"

namespace siahub::app {

RemoteBodies::RemoteBodies(std::unique_ptr<http::Client> client, db::Database& database,
                           auth::LiveKeyRing keys, std::unique_ptr<SiaLink> sia, const Clock& clock,
                           const Log& log)
    : nodes_(database, clock, ""),
      pins_(database, clock, ""),
      sia_(std::move(sia)),
      client_(std::move(client)),
      peers_(*client_, nodes_, auth::InternalTokens(std::move(keys), clock), log) {
    if (sia_) far_.emplace(peers_, pins_, sia_->bodies());
}

Result<std::unique_ptr<RemoteBodies>> RemoteBodies::open(const config::Config& config,
                                                         db::Database& database,
                                                         store::XorbCatalog& catalog,
                                                         auth::LiveKeyRing keys, net::IoThreads& io,
                                                         store::Pools pools, const Clock& clock,
                                                         const Log& log) {
    auto client = TRY(open_peer_client(io));
    auto sia = TRY(SiaLink::open(config.sia, pools.compute, clock));
    auto remote = std::make_unique<RemoteBodies>(std::move(client), database, std::move(keys),
                                                 std::move(sia), clock, log);
    store::BodyOrigin& origin =
        remote->far_ ? static_cast<store::BodyOrigin&>(remote->far_->both) : remote->peers_;
    store::CacheOptions options;
    options.dir = config.cache_dir();
    options.capacity = config.cache.size;
    remote->cache_ = TRY(store::DiskCache::open(std::move(options), catalog, origin, pools, log));
    return remote;
}

}  // namespace siahub::app
