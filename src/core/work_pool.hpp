#pragma once
// Threads for work that would hold up an I/O thread for more than about 200 µs: expanding LZ4,
// erasure coding, Argon2, fsync, cold reads. A task that awaits run() continues on its own executor
// when the work is done. Lifetime: outlives every task that uses it; stop() joins, and has to come
// before the tasks' io_contexts are destroyed: a pool thread may still be leaving its post to one
// when the task that it woke has already ended.

#include "core/task.hpp"

#include <atomic>
#include <exception>
#include <optional>
#include <type_traits>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub {

class WorkPool {
  public:
    explicit WorkPool(std::size_t threads) : size_(threads), threads_(threads) {}
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    // Runs `work` on a pool thread. It may refer to the caller's locals: the caller waits. The task
    // itself never runs on a pool thread, not even when it is cancelled in the meantime.
    template <class Work>
    Task<std::invoke_result_t<Work&>> run(Work work) {
        using Outcome = std::optional<std::invoke_result_t<Work&>>;
        auto start = [this](auto handler, Work job) {
            auto home = asio::prefer(asio::get_associated_executor(handler),
                                     asio::execution::outstanding_work.tracked);
            waiting_.fetch_add(1, std::memory_order_relaxed);
            asio::post(threads_,
                       [this, handler = std::move(handler), home, job = std::move(job)]() mutable {
                           waiting_.fetch_sub(1, std::memory_order_relaxed);
                           running_.fetch_add(1, std::memory_order_relaxed);
                           std::exception_ptr failure;
                           Outcome outcome;
                           try {
                               // What the job owns dies before the caller goes on.
                               auto owned = std::move(job);
                               outcome.emplace(owned());
                           } catch (...) {
                               failure = std::current_exception();
                           }
                           running_.fetch_sub(1, std::memory_order_relaxed);
                           asio::post(home, [handler = std::move(handler), failure,
                                             outcome = std::move(outcome)]() mutable {
                               std::move(handler)(failure, std::move(outcome));
                           });
                       });
        };
        auto outcome = co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                                     void(std::exception_ptr, Outcome)>(
            start, asio::use_awaitable, std::move(work));
        co_return std::move(*outcome);
    }

    void stop() { threads_.join(); }

    // For metrics.
    [[nodiscard]] std::size_t threads() const { return size_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t running() const { return running_.load(std::memory_order_relaxed); }

  private:
    const std::size_t size_;
    std::atomic<std::size_t> waiting_ = 0, running_ = 0;
    asio::thread_pool threads_;
};

}  // namespace siahub
