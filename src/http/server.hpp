#pragma once
// The HTTP/1.1 server: one acceptor per I/O thread (SO_REUSEPORT), a connection stays on its
// thread. Parsing is Beast's, confined to connection.cpp. Slow and half-open clients are cut by
// deadlines, bodies are bounded by the handlers that read them, heads by `max_head_bytes`.

#include "core/clock.hpp"
#include "core/log.hpp"
#include "http/forwarded.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "net/io_threads.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace siahub::http {

class Observer;

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;    // 0: any free port
    std::string public_url;    // what links in answers begin with; empty: as the request says
    TrustsProxy trusts_proxy;  // whose X-Forwarded-* headers count; empty: nobody's
    std::size_t max_head_bytes = 64 * 1024;
    std::size_t max_connections = 4096;               // beyond: 503 and close
    std::chrono::milliseconds head_timeout{30'000};   // first byte to complete head
    std::chrono::milliseconds idle_timeout{75'000};   // keep-alive
    std::chrono::milliseconds stall_timeout{60'000};  // no progress while reading or writing a body
    std::chrono::milliseconds linger_timeout{15'000};  // for a refused client to read its answer
    std::vector<Observer*> observers;  // called in this order; they outlive the server
};

struct ServerStats {
    std::size_t connections = 0;
    std::size_t requests_in_flight = 0;
    std::uint64_t refused_connections = 0;             // beyond max_connections
    std::uint64_t received_bytes = 0, sent_bytes = 0;  // as they were moved, heads included
};

class Server {
  public:
    // `fallback` answers what the router does not know (404, 405), what a handler throws (500) and
    // heads that are refused before routing (400, 408, 414, 417, 431, 505); it sees the request, or
    // what could be read of it, like any handler.
    using Fallback = std::function<Response(const Request&, unsigned status)>;
    // Sees every response just before it is sent: common headers (X-Request-Id, CORS).
    using Finisher = std::function<void(const Request&, Response&)>;

    Server(net::IoThreads& io, const Log& log, const Router& router, Fallback fallback,
           Finisher finisher, ServerOptions options);
    ~Server();  // stops without grace
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    Result<std::uint16_t> start();  // the bound port
    // Stops accepting, lets requests in flight end within `grace`, then cuts the rest. Returns when
    // no coroutine of the server is alive: how many requests were cut. Not to be called on an I/O
    // thread.
    std::size_t stop(std::chrono::milliseconds grace);
    // On any thread, once it has started.
    [[nodiscard]] ServerStats stats() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace siahub::http
