#include "http/worker.hpp"

#include "http/connection.hpp"
#include "net/listener.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace siahub::http {

namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr std::size_t kMaxRefusals = 256;

// Fine enough for the shortest timeout, never more often than a sweep is worth.
milliseconds sweep_interval(const ServerOptions& options) {
    const auto shortest = std::min({options.head_timeout, options.idle_timeout,
                                    options.stall_timeout, options.linger_timeout});
    return std::clamp(shortest / 4, milliseconds(5), milliseconds(500));
}

}  // namespace

Worker::Worker(asio::io_context& own_context, Shared& own_shared)
    : context(own_context),
      shared(own_shared),
      deadlines(own_context, sweep_interval(own_shared.options)),
      acceptor_(own_context),
      pause_(own_context) {}

void Worker::start(tcp::acceptor acceptor) {
    acceptor_ = std::move(acceptor);
    asio::co_spawn(context, deadlines.run(),
                   [pass = net::Gate::Pass(shared.loop_gate)](const std::exception_ptr&) {});
    asio::co_spawn(context, accept_loop(),
                   [pass = net::Gate::Pass(shared.loop_gate)](const std::exception_ptr&) {});
}

Task<void> Worker::accept_loop() {
    constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
    while (!stopping) {
        tcp::endpoint peer;
        auto [error, socket] = co_await acceptor_.async_accept(peer, kAsTuple);
        if (!error) {
            admit(std::move(socket), peer);
        } else if (!stopping) {
            // Out of descriptors or memory: trying again at once would spin.
            shared.log.warn("accept_failed", {{"reason", error.message()}});
            pause_.expires_after(milliseconds(50));
            co_await pause_.async_wait(kAsTuple);
        }
    }
}

void Worker::admit(tcp::socket socket, const tcp::endpoint& peer) {
    if (stopping) return;
    if (shared.connections.load(std::memory_order_relaxed) >= shared.options.max_connections) {
        shared.refused.fetch_add(1, std::memory_order_relaxed);
        if (shared.refusals.load(std::memory_order_relaxed) < kMaxRefusals)
            asio::co_spawn(context, refuse(std::move(socket)), asio::detached);
        return;
    }
    net::tune_accepted(socket, peer);
    auto connection = std::make_unique<Connection>(*this, std::move(socket), peer);
    auto& running = *connection;
    asio::co_spawn(context, running.run(),
                   asio::bind_cancellation_slot(
                       running.cancellation_slot(),
                       [this, owned = std::move(connection)](const std::exception_ptr&) mutable {
                           // Later: the coroutine's own end still uses the cancellation slot.
                           asio::post(context, [later = std::move(owned)] {});
                       }));
}

// Beyond max_connections: an answer that can be read, then the door.
Task<void> Worker::refuse(tcp::socket socket) {
    static constexpr std::string_view kAnswer =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n";
    const net::Gate::Pass pass(shared.connection_gate);
    shared.refusals.fetch_add(1, std::memory_order_relaxed);
    net::TimedSocket timed(std::move(socket), deadlines, nullptr, traffic);
    iovec part{.iov_base = const_cast<char*>(kAnswer.data()), .iov_len = kAnswer.size()};
    std::span<iovec> parts(&part, 1);
    timed.send_now(parts, false);
    timed.shutdown_send();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while ((co_await timed.read_some(scratch, deadline)).has_value()) {
    }
    shared.refusals.fetch_sub(1, std::memory_order_relaxed);
}

void Worker::stop_accepting() {
    stopping = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (Connection* connection : connections_)
        connection->stop_when_idle();
}

void Worker::cut_connections() {
    for (Connection* connection : connections_)
        connection->cut(Ending::shut_down);
}

void Worker::stop_loops() {
    deadlines.stop();
}

}  // namespace siahub::http
