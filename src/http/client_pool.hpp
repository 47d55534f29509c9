#pragma once
// The share of a client that lives on one I/O thread: its deadlines and its idle connections.
// Everything here runs on that thread.

#include "http/client.hpp"
#include "http/client_connection.hpp"
#include "net/byte_budget.hpp"
#include "net/gate.hpp"
#include "net/tls_trust.hpp"

#include <map>
#include <mutex>

namespace siahub::http {

// What all threads of a client have in common.
struct ClientShared {
    ClientShared(ClientOptions options_in, std::shared_ptr<net::TlsTrust> trust_in)
        : options(std::move(options_in)), trust(std::move(trust_in)) {}

    ClientOptions options;
    std::shared_ptr<net::TlsTrust> trust;
    net::Gate gate;  // exchanges and loops in flight
    std::atomic<std::uint64_t> connections_opened = 0;

    // How many requests to one host may be in flight.
    net::ByteBudget& budget_of(const Origin& origin);

  private:
    std::mutex mutex_;
    std::map<Origin, net::ByteBudget> budgets_;
};

class ClientPool {
  public:
    ClientPool(asio::io_context& context, ClientShared& shared);

    asio::io_context& context;
    ClientShared& shared;
    net::Deadlines deadlines;

    // An idle connection that is still good, or null.
    std::unique_ptr<ClientConnection> take(const Origin& origin);
    Task<Result<std::unique_ptr<ClientConnection>>> connect(const Origin& origin);
    void put_back(std::unique_ptr<ClientConnection> connection);

    void start();
    void stop();  // on the pool's thread

  private:
    std::map<Origin, std::vector<std::unique_ptr<ClientConnection>>> idle_;
    bool stopped_ = false;
};

}  // namespace siahub::http
