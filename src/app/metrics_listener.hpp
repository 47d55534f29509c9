#pragma once
// The address for those who watch a process: /metrics, /health and /ready, on a thread of its own,
// so that looking costs no request anything and works until the very end of a drain.

#include "config/network.hpp"
#include "core/metrics.hpp"
#include "http/readiness.hpp"
#include "http/server.hpp"

namespace siahub::app {

class MetricsListener {
  public:
    // Everything passed in outlives it.
    MetricsListener(const config::Address& address, const Metrics& metrics,
                    http::Readiness& readiness, const Log& log);
    ~MetricsListener();
    MetricsListener(const MetricsListener&) = delete;
    MetricsListener& operator=(const MetricsListener&) = delete;

    Result<std::uint16_t> start();  // the bound port

  private:
    net::IoThreads io_{1};
    http::Router router_;
    http::Server server_;
};

}  // namespace siahub::app
