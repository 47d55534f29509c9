#include "app/gateway_role.hpp"

#include "app/cache_use.hpp"
#include "app/configure.hpp"
#include "app/data_dir.hpp"
#include "app/dependencies.hpp"
#include "app/hub_metrics.hpp"
#include "app/open_database.hpp"
#include "app/process.hpp"
#include "app/remote_bodies.hpp"
#include "app/role_server.hpp"
#include "app/sia_health.hpp"
#include "cas/routes.hpp"
#include "core/task_group.hpp"
#include "core/work_pool.hpp"
#include "gateway/gateway.hpp"
#include "store/file_catalog.hpp"

namespace siahub::app {
namespace {

constexpr std::size_t kIndexCacheBytes = 64UL * 1024 * 1024;
constexpr std::size_t kDiskThreads = 4;

// Joined before the I/O threads' contexts go (core/work_pool.hpp).
struct StoppedPools {
    explicit StoppedPools(std::size_t compute_threads)
        : compute(compute_threads), disk(kDiskThreads) {}
    ~StoppedPools() {
        compute.stop();
        disk.stop();
    }
    WorkPool compute;
    WorkPool disk;
};

// A gateway only reads: that uploads have to wait is not its concern.
Task<http::Finding> ask_sia(SiaHealth& health) {
    co_await health.ask_now_and_then();
    const auto last = health.last();
    using State = http::Finding::State;
    const bool down = last.state == SiaFinding::State::down;
    const bool ill = last.state == SiaFinding::State::degraded && last.reads_suffer;
    co_return http::Finding{.state = down  ? State::down
                                     : ill ? State::degraded
                                           : State::ok,
                            .cause = down || ill ? last.cause + ". " + last.remedy : "",
                            .latency = {}};
}

void add_sia(RoleServer& server, SiaHealth& health) {
    server.readiness().add("sia", http::Readiness::Need::optional,
                           [&health] { return ask_sia(health); });
    server.metrics().gauge("siahub_sia_ok", "1 unless indexd did not answer the last /ready", [&] {
        return health.last().state == SiaFinding::State::down ? 0.0 : 1.0;
    });
    server.metrics().gauge("siahub_sia_hosts", "Hosts that indexd names",
                           [&] { return static_cast<double>(health.last().hosts); });
    server.metrics().gauge("siahub_sia_hosts_refusing", std::string(kRefusingHelp),
                           [&] { return static_cast<double>(health.last().refusing_hosts); });
}

void rethrow(std::exception_ptr failure) {
    std::rethrow_exception(std::move(failure));
}

Result<void> serve(const config::Config& config, const Log& log, net::IoThreads& io) {
    const SystemClock clock;
    io.start();
    TRY(prepare_data_dir(config.data));
    TRY(require_shared_keys(config));
    const auto keys = TRY(auth::LiveKeyRing::open(config.keys));
    const auto database = TRY(open_database(config, clock, log));
    StoppedPools pools(io.count());
    store::XorbCatalog catalog(*database, kIndexCacheBytes, store::XorbCatalog::kSharedTrust);
    store::FileCatalog files(*database, catalog);
    const auto remote = TRY(RemoteBodies::open(config, *database, catalog, keys, io,
                                               {pools.compute, pools.disk}, clock, log));
    const auth::UrlSigner urls(keys, clock);
    const store::FileSources sources{.files = files,
                                     .xorbs = catalog,
                                     .bodies = remote->cache(),
                                     .pools = {pools.compute, pools.disk},
                                     .log = log};
    std::optional<SiaHealth> health;
    if (remote->sia() != nullptr) health.emplace(*remote->sia(), clock);
    RoleServer server(config, log, io, "gateway");
    gateway::add_routes(server.router(), {urls, sources, log});
    add_database_metrics(server.metrics(), *database);
    add_pool_metrics(server.metrics(), "compute", pools.compute);
    add_pool_metrics(server.metrics(), "disk", pools.disk);
    add_cache_metrics(server.metrics(), "xorb_indexes", [&] { return catalog.cache_stats(); });
    add_body_cache_metrics(server.metrics(), remote->cache());
    server.readiness().add("database", http::Readiness::Need::required, database_check(*database));
    server.readiness().add("disk", http::Readiness::Need::required, disk_check(config.data));
    if (health) add_sia(server, *health);
    TRY(server.start("SiaHub's gateway", hub_fallback, cas::add_common_headers));
    const auto executor = io.context(0).get_executor();
    CacheUse cache_use(executor, *database, clock, log, [&] { return remote->cache().stats(); });
    TaskGroup background(rethrow);
    background.spawn(executor, cache_use.run());
    server.run_until_signal();
    cache_use.stop();
    background.wait();
    return {};
}

int start(const CommandSpec& spec, const Arguments& arguments) {
    const auto config = configure(arguments, config::kGateway);
    if (!config) return usage_failure(spec, config.error().message);
    const Log log(config->log.level, config->log.format);
    net::IoThreads io(io_thread_count(config->server));
    const auto served = serve(*config, log, io);
    return served ? 0 : refuse(served.error().message);
}

}  // namespace

Command gateway_command() {
    return {{.name = "gateway",
             .arguments = {},
             .summary = "Redeems download links on a host of its own",
             .flags = with_settings({}, config::kGateway)},
            start};
}

}  // namespace siahub::app
