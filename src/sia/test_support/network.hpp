#pragma once
// Runs a test's coroutine on an io_context of its own, with deadlines and test hosts, to the end of
// everything.

#include "sia/rhp4/host_clients.hpp"
#include "sia/test_support/test_host.hpp"

#include <list>

namespace siahub::sia::testing {

// `count` bytes that look random and depend on `seed`.
inline Bytes noise(std::size_t count, std::uint64_t seed) {
    Bytes out(count);
    std::uint64_t x = seed * 2 + 1;
    for (auto& byte : out) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        byte = static_cast<std::byte>(x);
    }
    return out;
}

class Network {
  public:
    explicit Network(int hosts = 1, rhp4::ClientOptions options = {},
                     mux::ConnectionOptions host_options = {})
        : deadlines(context, std::chrono::milliseconds(10)),
          clients(context.get_executor(), deadlines, Ed25519PrivateKey(Ed25519Seed{}), clock,
                  options) {
        for (int i = 0; i < hosts; ++i)
            this->hosts.emplace_back(context, deadlines, i + 1, host_options).start();
    }

    // Everything the test starts has to end by itself; hosts and connections end with it.
    void run(Task<void> test) {
        asio::co_spawn(context, deadlines.run(), rethrow);
        asio::co_spawn(context, std::move(test), [this](const std::exception_ptr& thrown) {
            clients.stop();
            for (auto& host : hosts)
                host.stop();
            deadlines.stop();
            rethrow(thrown);
        });
        context.run();
    }

    asio::io_context context{1};
    net::Deadlines deadlines;
    SystemClock clock;
    rhp4::HostClients clients;
    std::list<TestHost> hosts;

  private:
    static void rethrow(const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    }
};

}  // namespace siahub::sia::testing
