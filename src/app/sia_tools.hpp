#pragma once
// A command's way to what a hub keeps on Sia: client, pools and a thread for tasks. Belongs to the
// main thread.

#include "app/sia_link.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "net/io_threads.hpp"
#include "store/pools.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace siahub::app {

class SiaTools {
  public:
    // invalid_argument where no indexd is configured, or it would refuse the redundancy.
    static Result<std::unique_ptr<SiaTools>> open(const config::Sia& config);
    SiaTools();
    ~SiaTools();
    SiaTools(const SiaTools&) = delete;
    SiaTools& operator=(const SiaTools&) = delete;

    [[nodiscard]] SiaLink& link() { return *link_; }
    [[nodiscard]] store::RemoteBodies& bodies() { return link_->bodies(); }
    [[nodiscard]] store::Pools pools() { return {compute_, disk_}; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] const Log& log() const { return log_; }
    asio::any_io_executor executor() { return io_.context(0).get_executor(); }

    template <class T>
    T run(Task<T> task) {
        return asio::co_spawn(io_.context(0), std::move(task), asio::use_future).get();
    }

  private:
    SystemClock clock_;
    Log log_{Log::Level::error};
    net::IoThreads io_{1};
    WorkPool compute_, disk_{2};
    std::unique_ptr<SiaLink> link_;
};

}  // namespace siahub::app
