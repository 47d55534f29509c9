#include "app/gateway_role.hpp"

#include "app/configure.hpp"
#include "app/data_dir.hpp"
#include "app/open_database.hpp"
#include "app/process.hpp"
#include "app/remote_bodies.hpp"
#include "cas/routes.hpp"
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

Task<http::Response> answer_ok(http::Request&) {
    http::Response response;
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.body = R"({"status":"ok"})";
    co_return response;
}

Task<http::Response> answer_ready(db::Database& database) {
    const auto answer =
        co_await database.query("SELECT COUNT(*) FROM xorbs WHERE hash = $1", {ByteView()});
    http::Response response;
    response.status = answer ? 200 : 503;
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.body = answer ? R"({"status":"ready","database":"ok"})"
                           : R"({"status":"degraded","database":"does not answer"})";
    co_return response;
}

Result<void> serve(const config::Config& config, const Log& log, net::IoThreads& io) {
    const SystemClock clock;
    io.start();
    TRY(prepare_data_dir(config.data));
    TRY(require_shared_keys(config));
    const auto keys = TRY(auth::LiveKeyRing::open(config.keys));
    const auto database = TRY(open_database(config, clock, log));
    StoppedPools pools(io.count());
    store::XorbCatalog catalog(*database, kIndexCacheBytes);
    store::FileCatalog files(*database, catalog);
    const auto remote = TRY(RemoteBodies::open(config, *database, catalog, keys, io,
                                               {pools.compute, pools.disk}, clock, log));
    const auth::UrlSigner urls(keys, clock);
    const store::FileSources sources{.files = files,
                                     .xorbs = catalog,
                                     .bodies = remote->cache(),
                                     .pools = {pools.compute, pools.disk},
                                     .log = log};
    http::Router router;
    gateway::add_routes(router, {urls, sources, log});
    router.add(http::Method::get, "/health", answer_ok);
    router.add(http::Method::get, "/ready",
               [&database = *database](http::Request&) { return answer_ready(database); });
    http::Server server(io, log, router, hub_fallback, cas::add_common_headers,
                        server_options(config.server));
    const auto port = TRY(server.start());
    announce("SiaHub's gateway", {.host = config.server.listen.host, .port = port});
    wait_for_signal();
    log.info("gateway.stopping");
    server.stop(config.server.drain);
    return {};
}

int start(const CommandSpec& spec, const Arguments& arguments) {
    const auto config = configure(arguments, config::kGateway);
    if (!config) return usage_failure(spec, config.error().message);
    const Log log(config->log.level);
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
