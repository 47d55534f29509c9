#pragma once
// indexd and hosts for the tests that have to hold on any Sia network: those that listen in this
// process, or, when SIAHUB_SIA_NETWORK names the JSON file of a network (tests/sia_net), that one.
// Tests share the network and may run beside each other: each makes accounts of its own.

#include "sia/test_support/fake_indexd.hpp"
#include "sia/test_support/test_host.hpp"

#include <list>
#include <thread>

namespace siahub::sia::testing {

class NetworkUnderTest {
  public:
    NetworkUnderTest();
    ~NetworkUnderTest();
    NetworkUnderTest(const NetworkUnderTest&) = delete;
    NetworkUnderTest& operator=(const NetworkUnderTest&) = delete;

    // Facts that differ: nothing is paid for and nothing takes time in this process.
    [[nodiscard]] bool is_real() const { return is_real_; }

    std::string app_url, admin_url, admin_password, connect_key;
    std::optional<Ed25519PrivateKey> app_key;  // with money on all hosts
    std::size_t hosts = 0;

  private:
    static constexpr int kHosts = 15;

    void read_description(const std::string& path);
    void start_here();
    void stop_here();

    bool is_real_ = false;
    SystemClock clock_;
    asio::io_context context_{1};
    net::Deadlines deadlines_;
    std::list<TestHost> test_hosts_;
    std::jthread thread_;
    std::optional<net::IoThreads> server_io_;
    std::optional<FakeIndexd> indexd_;
};

}  // namespace siahub::sia::testing
