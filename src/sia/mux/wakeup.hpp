#pragma once
// Lets one task sleep until another task of the same thread has changed something that it waits
// for. It sleeps in a loop around its condition: a notify() that finds nobody asleep is lost. A
// task that is cancelled meanwhile gets operation_aborted thrown.

#include "core/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace siahub::sia::mux {

class Wakeup {
  public:
    explicit Wakeup(const asio::any_io_executor& executor)
        : timer_(executor, asio::steady_timer::time_point::max()) {}

    Task<void> wait() {
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error(asio::error::operation_aborted);
    }
    void notify() { timer_.cancel(); }

  private:
    asio::steady_timer timer_;
};

}  // namespace siahub::sia::mux
