#include "app/remote_bodies.hpp"

#include "app/peer_client.hpp"

namespace siahub::app {

RemoteBodies::RemoteBodies(std::unique_ptr<http::Client> client, db::Database& database,
                           auth::LiveKeyRing keys, const Clock& clock, const Log& log)
    : nodes_(database, clock, ""),
      client_(std::move(client)),
      origin_(*client_, nodes_, auth::InternalTokens(std::move(keys), clock), log) {}

Result<std::unique_ptr<RemoteBodies>> RemoteBodies::open(const config::Config& config,
                                                         db::Database& database,
                                                         store::XorbCatalog& catalog,
                                                         auth::LiveKeyRing keys, net::IoThreads& io,
                                                         store::Pools pools, const Clock& clock,
                                                         const Log& log) {
    auto client = TRY(open_peer_client(io));
    auto remote =
        std::make_unique<RemoteBodies>(std::move(client), database, std::move(keys), clock, log);
    store::CacheOptions options;
    options.dir = config.cache_dir();
    options.capacity = config.cache.size;
    remote->cache_ =
        TRY(store::DiskCache::open(std::move(options), catalog, remote->origin_, pools, log));
    return remote;
}

}  // namespace siahub::app
