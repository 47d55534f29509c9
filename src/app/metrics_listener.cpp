#include "app/metrics_listener.hpp"

namespace siahub::app {
namespace {

constexpr std::size_t kMaxConnections = 64;

http::Response text_answer(unsigned status, std::string text) {
    http::Response response;
    response.status = status;
    // The format that core/metrics.hpp writes.
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = std::move(text);
    return response;
}

Task<http::Response> show(const Metrics& metrics) {
    co_return text_answer(200, metrics.text());
}

http::ServerOptions options_for(const config::Address& address) {
    http::ServerOptions options;
    options.host = address.host;
    options.port = address.port;
    options.max_connections = kMaxConnections;
    return options;
}

}  // namespace

MetricsListener::MetricsListener(const config::Address& address, const Metrics& metrics,
                                 http::Readiness& readiness, const Log& log)
    : server_(
          io_, log, router_,
          [](const http::Request&, unsigned status) {
              return text_answer(status, "There are /metrics, /health and /ready here\n");
          },
          [](const http::Request&, http::Response&) {}, options_for(address)) {
    router_.add(http::Method::get, "/metrics",
                [&metrics](http::Request&) { return show(metrics); });
    readiness.add_routes(router_, http::Readiness::Causes::shown);
}

MetricsListener::~MetricsListener() {
    server_.stop(std::chrono::milliseconds(0));
    io_.stop();
}

Result<std::uint16_t> MetricsListener::start() {
    io_.start();
    return server_.start();
}

}  // namespace siahub::app
