#pragma once
// The tasks that one task has started and answers for: it can cancel each, sleeps until something
// has happened to them, and waits for their end before what they use goes away: around() runs the
// work of the owner and waits on every way out, also when the owner is cancelled itself. Everything
// on one executor that runs one handler at a time.

#include "core/task.hpp"

#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace siahub::sia {

using TimePoint = std::chrono::steady_clock::time_point;

class Children {
  public:
    using Id = std::size_t;

    explicit Children(const asio::any_io_executor& executor);
    ~Children();  // nobody is running any more
    Children(const Children&) = delete;
    Children& operator=(const Children&) = delete;

    // Neither starting nor cancelling runs anything of the child before this returns.
    Id start(Task<void> child);
    void cancel(Id id);
    void cancel_all();
    [[nodiscard]] std::size_t running() const { return running_.size(); }

    // Sleeps until a child ends, somebody calls wake(), or `deadline`. What happens while nobody
    // sleeps is not remembered: look at the state first. Throws what a child has thrown.
    Task<void> sleep_until(TimePoint deadline);
    void wake() { alarm_.cancel(); }
    // Does the owner's work; then, however it ended, cancels who is left and waits for them.
    template <class T>
    Task<T> around(Task<T> work) {
        std::optional<T> value;
        std::exception_ptr failure;
        try {
            value.emplace(co_await std::move(work));
        } catch (...) {
            failure = std::current_exception();
        }
        // A cancelled task cannot wait for anything unless it says that it knows.
        co_await asio::this_coro::throw_if_cancelled(false);
        co_await finish();
        co_await asio::this_coro::throw_if_cancelled(true);
        if (failure) std::rethrow_exception(failure);
        co_return std::move(*value);
    }

  private:
    Task<void> finish();
    struct Child {
        asio::cancellation_signal signal;
        bool ended = false;
    };
    void ended(Id id, std::exception_ptr thrown);

    asio::any_io_executor executor_;
    asio::steady_timer alarm_;
    std::map<Id, std::shared_ptr<Child>> running_;
    Id next_ = 0;
    std::exception_ptr thrown_;
};

Task<void> sleep_for(std::chrono::milliseconds time);
// Throws operation_aborted when the calling task has been cancelled.
Task<void> throw_if_cancelled();

}  // namespace siahub::sia
