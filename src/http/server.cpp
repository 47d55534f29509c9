#include "http/server.hpp"

#include "http/worker.hpp"
#include "net/listener.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace siahub::http {

struct Server::Impl {
    net::IoThreads& io;
    Shared shared;
    std::vector<std::unique_ptr<Worker>> workers;
    bool running = false;

    void on_all_workers(void (Worker::*step)()) {
        for (const auto& worker : workers)
            asio::post(worker->context, [&target = *worker, step] { (target.*step)(); });
    }
};

Server::Server(net::IoThreads& io, const Log& log, const Router& router, Fallback fallback,
               Finisher finisher, ServerOptions options)
    : impl_(new Impl{.io = io,
                     .shared = {.log = log,
                                .router = router,
                                .fallback = std::move(fallback),
                                .finisher = std::move(finisher),
                                .options = std::move(options),
                                .own_url = {},
                                .connection_gate = {},
                                .loop_gate = {}},
                     .workers = {}}) {}

Server::~Server() {
    stop(std::chrono::milliseconds(0));
}

Result<std::uint16_t> Server::start() {
    auto& options = impl_->shared.options;
    std::vector<asio::ip::tcp::acceptor> acceptors;
    for (std::size_t i = 0; i < impl_->io.count(); ++i) {
        acceptors.push_back(TRY(net::listen(impl_->io.context(i), options.host, options.port)));
        options.port = acceptors.back().local_endpoint().port();
    }
    const bool v6 = options.host.contains(':');
    impl_->shared.own_url = v6 ? fmt::format("http://[{}]:{}", options.host, options.port)
                               : fmt::format("http://{}:{}", options.host, options.port);
    for (std::size_t i = 0; i < acceptors.size(); ++i) {
        impl_->workers.push_back(std::make_unique<Worker>(impl_->io.context(i), impl_->shared));
        impl_->workers.back()->start(std::move(acceptors[i]));
    }
    impl_->running = true;
    return options.port;
}

ServerStats Server::stats() const {
    const auto& shared = impl_->shared;
    ServerStats stats;
    stats.connections = shared.connections.load(std::memory_order_relaxed);
    stats.refused_connections = shared.refused.load(std::memory_order_relaxed);
    for (const auto& worker : impl_->workers) {
        stats.requests_in_flight += worker->requests.load(std::memory_order_relaxed);
        stats.received_bytes += worker->traffic.received.load(std::memory_order_relaxed);
        stats.sent_bytes += worker->traffic.sent.load(std::memory_order_relaxed);
    }
    return stats;
}

std::size_t Server::stop(std::chrono::milliseconds grace) {
    if (!std::exchange(impl_->running, false)) return 0;
    impl_->on_all_workers(&Worker::stop_accepting);
    // Cutting is also right when all have gone.
    const bool busy = !impl_->shared.connection_gate.wait_for(grace);
    const auto cut = busy ? stats().requests_in_flight : 0;
    impl_->on_all_workers(&Worker::cut_connections);
    impl_->shared.connection_gate.wait();
    impl_->on_all_workers(&Worker::stop_loops);
    impl_->shared.loop_gate.wait();
    return cut;
}

}  // namespace siahub::http
