#include "app/hub_metrics.hpp"

namespace siahub::app {
namespace {

template <class Number>
double as_double(Number number) {
    return static_cast<double>(number);
}

void add_budget_metrics(Metrics& metrics, std::string name, const net::ByteBudget& budget) {
    const Metrics::Labels labels{{"pool", std::move(name)}};
    metrics.gauge(
        "siahub_upload_memory_limit_bytes", "Memory that request bodies may take",
        [&budget] { return as_double(budget.limit()); }, labels);
    metrics.gauge(
        "siahub_upload_memory_used_bytes", "Memory that request bodies take",
        [&budget] { return as_double(budget.in_use()); }, labels);
    metrics.gauge(
        "siahub_upload_memory_waiting", "Requests that wait for memory, unread meanwhile",
        [&budget] { return as_double(budget.waiting()); }, labels);
}

void add_refusal_metrics(Metrics& metrics, const cas::Refusals& refusals) {
    const auto add = [&](std::string limit, const Counter& counter) {
        metrics.counter("siahub_rate_limited_total", "Requests refused with 429",
                        [&counter] { return as_double(counter.value()); },
                        {{"limit", std::move(limit)}});
    };
    add("anonymous", refusals.anonymous);
    add("wrong_key", refusals.wrong_key);
    add("key", refusals.key);
    add("sign_in", refusals.sign_in);
}

}  // namespace

void add_cache_metrics(Metrics& metrics, std::string name,
                       const std::function<CacheStats()>& read) {
    const Metrics::Labels labels{{"cache", std::move(name)}};
    metrics.counter(
        "siahub_cache_hits_total", "Look-ups that a cache answered",
        [read] { return as_double(read().hits); }, labels);
    metrics.counter(
        "siahub_cache_misses_total", "Look-ups that it could not answer",
        [read] { return as_double(read().misses); }, labels);
    metrics.counter(
        "siahub_cache_evictions_total", "Entries that made room for others",
        [read] { return as_double(read().evictions); }, labels);
    metrics.gauge(
        "siahub_cache_entries", "Entries in a cache", [read] { return as_double(read().entries); },
        labels);
    metrics.gauge(
        "siahub_cache_cost", "What bounds a cache: bytes, or entries",
        [read] { return as_double(read().cost); }, labels);
}

void add_body_cache_metrics(Metrics& metrics, const store::DiskCache& cache) {
    add_cache_metrics(metrics, "bodies", [&cache] { return cache.stats(); });
    add_cache_metrics(metrics, "open_files", [&cache] { return cache.open_files(); });
    const auto count = [&cache](auto field) {
        return [&cache, field] { return as_double((cache.counts().*field).load()); };
    };
    using Counts = store::CacheCounts;
    metrics.counter("siahub_body_cache_coalesced_total",
                    "Readers that waited for what another one was fetching already",
                    count(&Counts::coalesced));
    metrics.counter("siahub_body_cache_fetched_bytes_total", "Bytes fetched into the cache",
                    count(&Counts::fetched_bytes));
    metrics.counter("siahub_body_cache_evicted_bytes_total", "Bytes that made room for others",
                    count(&Counts::evicted_bytes));
    metrics.counter("siahub_body_cache_refused_chunks_total",
                    "Chunks that arrived with other bytes than they must have",
                    count(&Counts::refused_chunks));
}

void add_database_metrics(Metrics& metrics, const db::Database& database) {
    metrics.gauge("siahub_database_connections_max",
                  "Connections the database pool may have; SQLite: its one writer",
                  [&database] { return as_double(database.stats().connections); });
    metrics.gauge("siahub_database_connections_in_use", "Connections that are taken",
                  [&database] { return as_double(database.stats().in_use); });
    metrics.gauge("siahub_database_waiting", "Tasks that wait for a connection",
                  [&database] { return as_double(database.stats().waiting); });
    metrics.counter("siahub_database_connections_taken_total", "How often one was taken",
                    [&database] { return as_double(database.stats().taken); });
    metrics.counter("siahub_database_wait_seconds_total", "Waited for connections, all together",
                    [&database] { return database.stats().waited_seconds; });
}

void add_pool_metrics(Metrics& metrics, std::string name, const WorkPool& pool) {
    const Metrics::Labels labels{{"pool", std::move(name)}};
    metrics.gauge(
        "siahub_work_pool_threads", "Threads of a pool",
        [&pool] { return as_double(pool.threads()); }, labels);
    metrics.gauge(
        "siahub_work_pool_running", "Threads of it that are busy",
        [&pool] { return as_double(pool.running()); }, labels);
    metrics.gauge(
        "siahub_work_pool_queue", "Work that waits for a thread",
        [&pool] { return as_double(pool.waiting()); }, labels);
}

void add_redis_metrics(Metrics& metrics, const kv::SharedState& shared) {
    if (!shared.redis()) return;
    metrics.gauge("siahub_redis_up", "1 while Redis answers; else the hub goes on without it",
                  [&shared] { return shared.redis()->ok ? 1.0 : 0.0; });
    metrics.gauge("siahub_redis_latency_seconds", "How long its last reply took", [&shared] {
        return std::chrono::duration<double>(shared.redis()->latency).count();
    });
}

void add_hub_metrics(Metrics& metrics, HubServices& hub) {
    auto& store = hub.store();
    add_cache_metrics(metrics, "keys", [&hub] { return hub.authenticator().cache_stats(); });
    add_cache_metrics(metrics, "trees", [&hub] { return hub.trees().cache_stats(); });
    add_cache_metrics(metrics, "files", [&hub] { return hub.files().cache_stats(); });
    add_cache_metrics(metrics, "xorb_indexes", [&store] { return store.catalog.cache_stats(); });
    add_cache_metrics(metrics, "open_files", [&store] { return store.bodies.open_files(); });
    add_cache_metrics(metrics, "database_reads", [&hub] { return hub.database().stats().reads; });
    add_database_metrics(metrics, hub.database());
    add_pool_metrics(metrics, "compute", hub.compute());
    add_pool_metrics(metrics, "disk", hub.disk());
    add_budget_metrics(metrics, "buffers", hub.memory().buffers.budget());
    add_budget_metrics(metrics, "whole_bodies", hub.memory().whole_bodies);
    add_refusal_metrics(metrics, hub.refusals());
    add_redis_metrics(metrics, hub.shared());
}

}  // namespace siahub::app
