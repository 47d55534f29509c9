#include "app/serve.hpp"

#include "app/housekeeping.hpp"
#include "app/hub_services.hpp"
#include "cas/errors.hpp"
#include "cas/routes.hpp"
#include "gateway/gateway.hpp"
#include "http/server.hpp"
#include "net/io_threads.hpp"

#include <csignal>
#include <cstdio>
#include <thread>

#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

namespace siahub::app {

namespace {

constexpr std::chrono::seconds kGrace{10};

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

void wait_for_signal() {
    asio::io_context io(1);
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([](const boost::system::error_code&, int) {});
    io.run();
}

int refuse(const std::string& why) {
    fmt::print(stderr, "siahub: {}\n", why);
    return 1;
}

// Scripts read the address from this line.
void announce(const std::string& host, std::uint16_t port) {
    const bool v6 = host.find(':') != std::string::npos;
    fmt::print("SiaHub listens on http://{}{}{}:{}\n", v6 ? "[" : "", host, v6 ? "]" : "", port);
    std::fflush(stdout);
}

std::size_t io_thread_count(const ServeOptions& options) {
    if (options.threads != 0) return options.threads;
    return std::max(1U, std::thread::hardware_concurrency());
}

int run(const ServeOptions& options, const Clock& clock, const Log& log, net::IoThreads& io,
        HubServices& hub) {
    const auto services = hub.services();
    http::Router router;
    cas::add_routes(router, services);
    gateway::add_routes(router, hub.store(), log);

    http::ServerOptions server_options;
    server_options.host = options.host;
    server_options.port = options.port;
    http::Server server(io, log, router, fallback, cas::add_common_headers, server_options);
    Housekeeping housekeeping(io.context(0).get_executor(), hub, clock, log);
    io.start();
    const auto port = server.start();
    if (!port) {
        io.stop();
        return refuse(port.error().message);
    }
    services.background.spawn(io.context(0).get_executor(), housekeeping.run());
    announce(options.host, *port);
    wait_for_signal();
    log.info("serve.stopping");
    server.stop(kGrace);
    housekeeping.stop();
    hub.wait_for_background();
    io.stop();
    return 0;
}

}  // namespace

int serve(const ServeOptions& options) {
    const Log log(options.log_level);
    const SystemClock clock;
    // Before the hub: its pools hand results to these threads' contexts until they are joined.
    net::IoThreads io(io_thread_count(options));
    const auto hub = HubServices::open(options, clock, log);
    if (!hub) return refuse(hub.error().message);
    return run(options, clock, log, io, **hub);
}

}  // namespace siahub::app
