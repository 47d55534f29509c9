#pragma once
// SIGINT and SIGTERM of this process: the first is waited for, the second ends the process at once.
// What was acknowledged is safe then as after any crash.

#include "core/log.hpp"

#include <future>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace siahub::app {

class Signals {
  public:
    // From now on the signals are this object's. `log` outlives it.
    explicit Signals(const Log& log);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    // Blocks until the first.
    void wait() { first_.get_future().wait(); }

  private:
    void listen();
    void on_signal(int number);

    const Log& log_;
    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_;
    std::promise<void> first_;
    bool received_ = false;
    std::thread thread_;
};

}  // namespace siahub::app
