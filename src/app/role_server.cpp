#include "app/role_server.hpp"

#include "app/process.hpp"
#include "app/process_metrics.hpp"

#include <thread>

#include <fmt/format.h>

namespace siahub::app {

RoleServer::RoleServer(const config::Config& config, const Log& log, net::IoThreads& io,
                       std::string_view role)
    : config_(config), log_(log), io_(io), signals_(log) {
    add_process_metrics(metrics_, role);
    readiness_.add_routes(router_, http::Readiness::Causes::hidden);
}

RoleServer::~RoleServer() {
    if (server_) server_->stop(std::chrono::milliseconds(0));
    listener_.reset();
    readiness_.wait();
}

Result<void> RoleServer::start(std::string_view name, http::Server::Fallback fallback,
                               http::Server::Finisher finisher) {
    auto options = server_options(config_.server);
    counted_.emplace(metrics_, router_);
    options.observers.push_back(&*counted_);
    if (config_.log.requests) options.observers.push_back(&logged_.emplace(log_, router_));
    server_.emplace(io_, log_, router_, std::move(fallback), std::move(finisher),
                    std::move(options));
    const auto port = TRY(server_->start());
    add_server_metrics();
    if (!config_.server.metrics.host.empty())
        listener_.emplace(config_.server.metrics, metrics_, readiness_, log_);
    const auto metrics_port = listener_ ? TRY(listener_->start()) : std::uint16_t{0};
    address_ = {.host = config_.server.listen.host, .port = port};
    announce(name, address_);
    if (listener_) announce_metrics({.host = config_.server.metrics.host, .port = metrics_port});
    return {};
}

void RoleServer::run_until_signal() {
    signals_.wait();
    readiness_.drain();
    log_.info("draining",
              {{"requests", static_cast<std::int64_t>(server_->stats().requests_in_flight)},
               {"delay_s", std::int64_t{config_.server.drain_delay.count()}},
               {"limit_s", std::int64_t{config_.server.drain.count()}}});
    std::this_thread::sleep_for(config_.server.drain_delay);
    const auto cut = server_->stop(config_.server.drain);
    log_.info("drained", {{"cut", static_cast<std::int64_t>(cut)}});
    // While the threads still run on which its checks are.
    listener_.reset();
    readiness_.wait();
}

void RoleServer::add_server_metrics() {
    const auto stat = [this](auto field) {
        return [this, field] { return static_cast<double>(server_->stats().*field); };
    };
    using Stats = http::ServerStats;
    metrics_.gauge("siahub_http_connections", "Client connections that are open",
                   stat(&Stats::connections));
    metrics_.gauge("siahub_http_requests_in_flight", "Requests that are being answered",
                   stat(&Stats::requests_in_flight));
    metrics_.counter("siahub_http_connections_refused_total",
                     "Connections beyond max_connections, answered 503",
                     stat(&Stats::refused_connections));
    metrics_.counter("siahub_http_received_bytes_total",
                     "Bytes received from clients, heads included", stat(&Stats::received_bytes));
    metrics_.counter("siahub_http_sent_bytes_total", "Bytes sent to clients, heads included",
                     stat(&Stats::sent_bytes));
    metrics_.counter("siahub_log_records_dropped_total",
                     "Lines of the log about requests that nobody was there to read",
                     [this] { return static_cast<double>(log_.dropped()); });
}

}  // namespace siahub::app
