#pragma once
// Threads for work that would hold up an I/O thread for more than about 200 µs: expanding LZ4,
// erasure coding, Argon2, fsync, cold reads. A task that awaits run() continues on its own executor
// when the work is done. Lifetime: outlives every task that uses it; stop() joins.

#include "core/task.hpp"

#include <exception>
#include <optional>
#include <type_traits>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub {

class WorkPool {
  public:
    explicit WorkPool(std::size_t threads) : threads_(threads) {}
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    // Runs `work` on a pool thread. It may refer to the caller's locals: the caller waits.
    template <class Work>
    Task<std::invoke_result_t<Work&>> run(Work work) {
        const auto home = co_await asio::this_coro::executor;
        co_await asio::post(asio::bind_executor(threads_.get_executor(), asio::use_awaitable));
        std::exception_ptr failure;
        std::optional<std::invoke_result_t<Work&>> result;
        try {
            result.emplace(work());
        } catch (...) {
            failure = std::current_exception();
        }
        co_await asio::post(asio::bind_executor(home, asio::use_awaitable));
        if (failure) std::rethrow_exception(failure);
        co_return std::move(*result);
    }

    void stop() { threads_.join(); }

  private:
    asio::thread_pool threads_;
};

}  // namespace siahub
