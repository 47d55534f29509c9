#include "store/store.hpp"

#include "store/recovery.hpp"

namespace siahub::store {

Store::Store(db::Database& database_in, Pools pools_in, const Clock& clock_in, const Log& log_in,
             const StoreOptions& options, Layout layout, std::string node,
             auth::LiveKeyRing keys_in)
    : database(database_in),
      pools(pools_in),
      clock(clock_in),
      log(log_in),
      keys(std::move(keys_in)),
      bodies(layout, pools, options.max_open_files),
      readable(bodies),
      catalog(database, options.index_cache_bytes,
              options.shared ? std::optional(XorbCatalog::kSharedTrust) : std::nullopt),
      nodes(database, clock, std::move(node)),
      pins(database, clock, nodes.own()),
      xorbs(database, bodies, catalog, nodes, pools, clock, options.wanted_on_sia),
      upload_notes(database, xorbs, clock),
      shards(database, catalog, pools, clock),
      dedup(database, catalog, clock),
      files(database, catalog),
      parts(sinks(), std::move(layout)),
      urls(keys, clock),
      tokens(keys, clock) {}

Task<Result<std::unique_ptr<Store>>> Store::open(db::Database& database, Pools pools,
                                                 const Clock& clock, const Log& log,
                                                 StoreOptions options) {
    auto layout = CO_TRY(Layout::create(options.data));
    auto keys =
        CO_TRY(auth::LiveKeyRing::open(options.keys.empty() ? layout.keys() : options.keys));
    auto node = CO_TRY(node_id(options.data));
    auto store = std::make_unique<Store>(database, pools, clock, log, options, std::move(layout),
                                         std::move(node), std::move(keys));
    CO_TRY(co_await recover(database, store->nodes.own(), store->bodies, store->xorbs, pools, log));
    CO_TRY(co_await store->parts.collect_stale());
    co_return store;
}

FileSources Store::sources() {
    return {.files = files, .xorbs = catalog, .bodies = readable, .pools = pools, .log = log};
}

IngestSinks Store::sinks() {
    return {.database = database,
            .xorbs = xorbs,
            .bodies = bodies,
            .dedup = dedup,
            .pools = pools,
            .clock = clock};
}

Task<Result<std::unique_ptr<FileReader>>> Store::read(RowId repo, xet::Hash file,
                                                      std::optional<xet::RequestedRange> range) {
    return open_file(sources(), repo, file, range);
}

std::unique_ptr<FileIngest> Store::ingest(RowId repo, ExpectedFile expected) {
    return std::make_unique<FileIngest>(sinks(), repo, expected);
}

}  // namespace siahub::store
