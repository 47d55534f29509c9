#include "app/serve.hpp"

#include "app/configure.hpp"
#include "app/housekeeping.hpp"
#include "app/hub_services.hpp"
#include "app/process.hpp"
#include "cas/errors.hpp"
#include "cas/routes.hpp"
#include "gateway/gateway.hpp"
#include "http/server.hpp"
#include "net/io_threads.hpp"

namespace siahub::app {

namespace {

// Browsers ask before they send keys or ranges to another origin.
http::Response preflight_answer() {
    http::Response response;
    response.status = 204;
    response.headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    response.headers.set("Access-Control-Allow-Headers",
                         "Authorization, Content-Type, Accept, Range, If-None-Match, "
                         "X-Xet-Session-Id, X-Request-Id, X-Amzn-Trace-Id");
    response.headers.set("Access-Control-Max-Age", "86400");
    return response;
}

http::Response fallback(const http::Request& request, unsigned status) {
    if (request.method == http::Method::options && (status == 404 || status == 405))
        return preflight_answer();
    return cas::plain_error_response(status);
}

std::vector<asio::any_io_executor> executors_of(net::IoThreads& io) {
    std::vector<asio::any_io_executor> executors;
    for (std::size_t i = 0; i < io.count(); ++i)
        executors.emplace_back(io.context(i).get_executor());
    return executors;
}

int run(const config::Config& config, const Clock& clock, const Log& log, net::IoThreads& io,
        kv::SharedState& shared, HubServices& hub) {
    const auto services = hub.services();
    http::Router router;
    cas::add_routes(router, services);
    gateway::add_routes(router, {hub.store().urls, hub.store().sources(), log});

    http::Server server(io, log, router, fallback, cas::add_common_headers,
                        server_options(config.server));
    Housekeeping housekeeping(io.context(0).get_executor(), hub, clock, log);
    io.start();
    shared.start();
    const auto port = server.start();
    if (!port) {
        shared.stop();
        io.stop();
        return refuse(port.error().message);
    }
    services.background.spawn(io.context(0).get_executor(), housekeeping.run());
    announce("SiaHub", {.host = config.server.listen.host, .port = *port});
    wait_for_signal();
    log.info("serve.stopping");
    server.stop(config.server.drain);
    housekeeping.stop();
    hub.wait_for_background();
    shared.stop();
    io.stop();
    return 0;
}

int serve(const CommandSpec& spec, const Arguments& arguments) {
    const auto config = configure(arguments, config::kServe);
    if (!config) return usage_failure(spec, config.error().message);
    const Log log(config->log.level);
    const SystemClock clock;
    // Before the hub: its pools hand results to these threads' contexts until they are joined.
    net::IoThreads io(io_thread_count(config->server));
    const auto shared = kv::open_shared_state(config->redis.url, executors_of(io), clock, log);
    if (!shared) return refuse(shared.error().message);
    const auto hub = HubServices::open(*config, clock, log, **shared);
    if (!hub) return refuse(hub.error().message);
    return run(*config, clock, log, io, **shared, **hub);
}

}  // namespace

Command serve_command() {
    return {{.name = "serve",
             .arguments = {},
             .summary = "Runs a hub: everything on one port, data in one directory",
             .flags = with_settings({}, config::kServe)},
            serve};
}

}  // namespace siahub::app
