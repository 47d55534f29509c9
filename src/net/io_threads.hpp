#pragma once
// One io_context per core. Lifetime: outlives servers, spawned tasks and the work pools that those
// use (core/work_pool.hpp); stop() ends the threads. SIGPIPE is blocked on them: a peer that has
// gone is an error of the call that finds out.

#include <cstddef>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace siahub::net {

class IoThreads {
  public:
    explicit IoThreads(std::size_t count);
    ~IoThreads();
    IoThreads(const IoThreads&) = delete;
    IoThreads& operator=(const IoThreads&) = delete;

    [[nodiscard]] std::size_t count() const;
    boost::asio::io_context& context(std::size_t index);
    void start();
    // Idempotent. Tasks that still run are abandoned where they wait: stop servers first.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace siahub::net
