#pragma once
// What every role that serves HTTP is besides its routes: the server with its log line and its
// numbers per request, the listener for metrics, readiness, signals, and the way out. A role makes
// it, adds its routes, numbers and dependencies, starts it, waits.
//
// /health and /ready are among the routes from the start.
//
// The way out, at the first signal: /ready says "draining"; after drain_delay no connection is
// accepted any more; requests in flight end within `drain`, the rest is cut. A second signal ends
// the process at once.

#include "app/metrics_listener.hpp"
#include "app/signals.hpp"
#include "config/config.hpp"
#include "http/request_log.hpp"
#include "http/request_metrics.hpp"

#include <optional>

namespace siahub::app {

class RoleServer {
  public:
    // Everything passed in outlives it; `io` runs until then.
    RoleServer(const config::Config& config, const Log& log, net::IoThreads& io,
               std::string_view role);
    ~RoleServer();
    RoleServer(const RoleServer&) = delete;
    RoleServer& operator=(const RoleServer&) = delete;

    http::Router& router() { return router_; }
    Metrics& metrics() { return metrics_; }
    http::Readiness& readiness() { return readiness_; }

    // Says on standard output where it listens: "<name> listens on http://…".
    Result<void> start(std::string_view name, http::Server::Fallback fallback,
                       http::Server::Finisher finisher);
    // Where it listens, once started.
    [[nodiscard]] const config::Address& address() const { return address_; }
    // Returns when no request is left.
    void run_until_signal();

  private:
    void add_server_metrics();

    const config::Config& config_;
    config::Address address_;
    const Log& log_;
    net::IoThreads& io_;
    Signals signals_;
    Metrics metrics_;
    http::Readiness readiness_;
    http::Router router_;
    std::optional<http::RequestMetrics> counted_;
    std::optional<http::RequestLog> logged_;
    std::optional<http::Server> server_;
    std::optional<MetricsListener> listener_;
};

}  // namespace siahub::app
