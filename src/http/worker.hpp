#pragma once
// The share of a server that lives on one I/O thread: its acceptor, its deadlines, its connections.
// Everything here runs on that thread; Shared is what all workers of a server have in common.

#include "http/request_id.hpp"
#include "http/response_head.hpp"
#include "http/server.hpp"
#include "net/deadlines.hpp"
#include "net/gate.hpp"
#include "net/timed_socket.hpp"

#include <atomic>
#include <unordered_set>

#include <boost/asio/ip/tcp.hpp>

namespace siahub::http {

class Connection;

struct Shared {
    const Log& log;
    const Router& router;
    Server::Fallback fallback;
    Server::Finisher finisher;
    ServerOptions options;
    std::string own_url;  // for HTTP/1.0 clients that name no host
    std::atomic<std::size_t> connections = 0;
    std::atomic<std::size_t> refusals = 0;   // of the present
    std::atomic<std::uint64_t> refused = 0;  // ever
    net::Gate connection_gate;
    net::Gate loop_gate;
};

class Worker {
  public:
    Worker(asio::io_context& context, Shared& shared);

    asio::io_context& context;
    Shared& shared;
    net::Deadlines deadlines;
    RequestIds request_ids;
    DateCache date;
    net::Traffic traffic;
    std::atomic<std::size_t> requests = 0;  // in flight; changed by this thread only
    bool stopping = false;
    std::array<std::byte, 64 * 1024> scratch;  // where bytes go that nobody wants

    void start(asio::ip::tcp::acceptor acceptor);
    // The three steps of stopping, each called on the worker's thread.
    void stop_accepting();
    void cut_connections();
    void stop_loops();

  private:
    friend class Connection;
    Task<void> accept_loop();
    void admit(asio::ip::tcp::socket socket, const asio::ip::tcp::endpoint& peer);
    Task<void> refuse(asio::ip::tcp::socket socket);

    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    std::unordered_set<Connection*> connections_;
};

}  // namespace siahub::http
