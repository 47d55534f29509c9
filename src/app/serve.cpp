#include "app/serve.hpp"

#include "app/cache_use.hpp"
#include "app/configure.hpp"
#include "app/console.hpp"
#include "app/count_keeper.hpp"
#include "app/dependencies.hpp"
#include "app/housekeeping.hpp"
#include "app/hub_metrics.hpp"
#include "app/hub_operation.hpp"
#include "app/hub_sia.hpp"
#include "app/peer_client.hpp"
#include "app/process.hpp"
#include "app/role_server.hpp"
#include "app/sia_admin.hpp"
#include "cas/oauth_providers.hpp"
#include "cas/routes.hpp"
#include "core/run_task.hpp"
#include "gateway/gateway.hpp"
#include "net/io_threads.hpp"

namespace siahub::app {

namespace {

// To the other nodes, where there can be any.
Result<std::unique_ptr<http::Client>> open_peers(config::Role role, net::IoThreads& io) {
    if (role != config::kCas) return nullptr;
    return open_peer_client(io);
}

void add_dependencies(http::Readiness& readiness, const config::Config& config, HubServices& hub,
                      const HubSia* sia) {
    using enum http::Readiness::Need;
    readiness.add("database", required, database_check(hub.database()));
    readiness.add("disk", required, disk_check(config.data));
    if (hub.shared().redis()) readiness.add("redis", optional, redis_check(hub.shared()));
    if (sia != nullptr) readiness.add("sia", optional, sia_check(*sia));
}

// Null where no other provider is configured.
Result<std::unique_ptr<cas::OauthProviders>> open_oauth(const config::Config& config,
                                                        net::IoThreads& io, const Clock& clock) {
    if (config.oauth.empty()) return nullptr;
    std::vector<cas::OauthProvider> providers;
    providers.reserve(config.oauth.size());
    for (const auto& known : config.oauth)
        providers.push_back({.id = known.id,
                             .name = known.name,
                             .github = known.kind == "github",
                             .issuer = known.issuer,
                             .api_url = known.api_url,
                             .client_id = known.client_id,
                             .client_secret = known.client_secret,
                             .sign_up = known.sign_up});
    http::ClientOptions options;
    options.connect_timeout = std::chrono::seconds(5);
    options.head_timeout = options.stall_timeout = std::chrono::seconds(10);
    return std::make_unique<cas::OauthProviders>(
        std::move(providers), TRY(http::Client::open(io, std::move(options))), clock);
}

// Nobody can administer a new hub with a browser: whoever sees what this process prints may begin.
void announce_setup(const config::Config& config, HubServices& hub, const config::Address& bound) {
    const auto needed = run_task(hub.sign_ups().setup_needed());
    if (!needed || !*needed) return;
    const auto link = run_task(hub.sign_ups().make_setup_link());
    if (!link) return;
    const auto& url = config.server.public_url;
    announce_setup_link((url.empty() ? "http://" + bound.text() : url) +
                        "/setup?token=" + link->token);
}

int run(const config::Loaded& loaded, config::Role role, const Clock& clock, const Log& log,
        net::IoThreads& io, kv::SharedState& shared, HubServices& hub) {
    const auto& config = loaded.config;
    auto services = hub.services();
    io.start();
    auto peers = open_peers(role, io);
    if (!peers) return refuse(peers.error().message);
    services.peers = peers->get();
    auto oauth = open_oauth(config, io, clock);
    if (!oauth) return refuse(oauth.error().message);
    hub.sign_in().oauth = oauth->get();
    const auto sia = HubSia::open(config, hub.store(), io.context(0).get_executor());
    if (!sia) return refuse(sia.error().message);
    std::unique_ptr<SiaAdminView> sia_admin;
    if (*sia) {
        auto opened = SiaAdminView::open(config.sia, **sia, io);
        if (!opened) return refuse(opened.error().message);
        sia_admin = *std::move(opened);
    }
    services.sia = sia_admin.get();
    HubOperation operation(loaded, role, hub, clock, services.sia);
    services.operation = &operation;
    const auto console = open_console(config);
    if (!console) return refuse(console.error().message);
    if (*console) services.console = &**console;
    if (*sia && config.sia.ack_on_sia)
        services.until_pinned = std::bind_front(&HubSia::until_pinned, sia->get());
    const bool is_cas = role == config::kCas;
    RoleServer server(config, log, io, is_cas ? "cas" : "serve");
    cas::add_routes(server.router(), services);
    if (!is_cas)
        gateway::add_routes(server.router(), {hub.store().urls, hub.store().sources(), log});
    add_hub_metrics(server.metrics(), hub);
    if (*sia) (*sia)->add_metrics(server.metrics());
    add_dependencies(server.readiness(), config, hub, sia->get());

    Housekeeping housekeeping(io.context(0).get_executor(), hub, config.cluster.url, clock, log);
    CountKeeper counts(io.context(0).get_executor(), hub, !config.cluster.url.empty(), log);
    shared.start();
    // Before the first upload: a body counts where its node is known.
    const auto& own_url = config.cluster.url;
    auto started = own_url.empty() ? Result<void>{} : run_task(hub.store().nodes.announce(own_url));
    if (started)
        started = server.start(is_cas ? "SiaHub's cas" : "SiaHub",
                               console_fallback(services.console), cas::add_common_headers);
    if (!started) {
        shared.stop();
        oauth->reset();
        peers->reset();
        io.stop();
        return refuse(started.error().message);
    }
    announce_setup(config, hub, server.address());
    services.background.spawn(io.context(0).get_executor(), housekeeping.run());
    services.background.spawn(io.context(0).get_executor(), counts.run());
    std::optional<CacheUse> cache_use;
    if (*sia) {
        (*sia)->start(services.background);
        cache_use.emplace(io.context(0).get_executor(), hub.database(), clock, log,
                          std::bind_front(&HubSia::cache_stats, sia->get()));
        services.background.spawn(io.context(0).get_executor(), cache_use->run());
    }
    server.run_until_signal();
    housekeeping.stop();
    counts.stop();
    if (cache_use) cache_use->stop();
    if (*sia) (*sia)->stop();
    hub.wait_for_background();
    shared.stop();
    oauth->reset();
    peers->reset();
    io.stop();
    return 0;
}

int start(const CommandSpec& spec, const Arguments& arguments, config::Role role) {
    const auto config = configure(arguments, role);
    if (!config) return usage_failure(spec, config.error().message);
    if (role == config::kCas)
        if (auto shared_keys = require_shared_keys(*config); !shared_keys)
            return refuse(shared_keys.error().message);
    const auto loaded = load_config(arguments, role);  // with where each setting comes from
    const Log log(config->log.level, config->log.format);
    const SystemClock clock;
    // Before the hub: its pools hand results to these threads' contexts until they are joined.
    net::IoThreads io(io_thread_count(config->server));
    const auto shared = kv::open_shared_state(config->redis.url, executors_of(io), clock, log);
    if (!shared) return refuse(shared.error().message);
    const auto hub = HubServices::open(*config, clock, log, **shared);
    if (!hub) return refuse(hub.error().message);
    return run(loaded, role, clock, log, io, **shared, **hub);
}

int start_serve(const CommandSpec& spec, const Arguments& arguments) {
    return start(spec, arguments, config::kServe);
}

int start_cas(const CommandSpec& spec, const Arguments& arguments) {
    return start(spec, arguments, config::kCas);
}

}  // namespace

Command serve_command() {
    return {{.name = "serve",
             .arguments = {},
             .summary = "Runs a hub: everything on one port, data in one directory",
             .flags = with_settings({}, config::kServe)},
            start_serve};
}

Command cas_command() {
    return {{.name = "cas",
             .arguments = {},
             .summary = "Runs one of several hub processes on a shared database, with gateways",
             .flags = with_settings({}, config::kCas)},
            start_cas};
}

}  // namespace siahub::app
