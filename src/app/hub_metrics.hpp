#pragma once
// The numbers of a hub's parts: caches, pools, the database, Redis, limits.

#include "app/hub_services.hpp"
#include "core/metrics.hpp"
#include "store/disk_cache.hpp"

namespace siahub::app {

// Everything passed in outlives `metrics`' last text().
void add_hub_metrics(Metrics& metrics, HubServices& hub);
void add_cache_metrics(Metrics& metrics, std::string name, const std::function<CacheStats()>& read);
void add_body_cache_metrics(Metrics& metrics, const store::DiskCache& cache);
void add_database_metrics(Metrics& metrics, const db::Database& database);
void add_pool_metrics(Metrics& metrics, std::string name, const WorkPool& pool);
void add_redis_metrics(Metrics& metrics, const kv::SharedState& shared);

}  // namespace siahub::app
