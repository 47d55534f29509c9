#include "core/async_mutex.hpp"

#include <list>
#include <mutex>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub {
namespace {

using LockSignature = void(boost::system::error_code, AsyncMutex::Lock);

struct Waiter {
    asio::any_completion_handler<LockSignature> handler;
    asio::any_io_executor executor;
};
using WaiterPtr = std::shared_ptr<Waiter>;

// The lock travels inside the posted function: if that is destroyed unrun, the lock is released.
void complete(WaiterPtr waiter, boost::system::error_code error, AsyncMutex::Lock lock) {
    const auto executor = waiter->executor;
    asio::post(executor, [waiter = std::move(waiter), error, lock = std::move(lock)]() mutable {
        std::move(waiter->handler)(error, std::move(lock));
    });
}

}  // namespace

struct AsyncMutex::State {
    std::mutex mutex;
    bool held = false;
    std::list<WaiterPtr> queue;

    bool try_lock() {
        const std::scoped_lock guard(mutex);
        return !std::exchange(held, true);
    }
    // False when the lock was free: it is the caller's now.
    bool enqueue(const WaiterPtr& waiter) {
        const std::scoped_lock guard(mutex);
        if (!std::exchange(held, true)) return false;
        queue.push_back(waiter);
        return true;
    }
    bool remove(const WaiterPtr& waiter) {
        const std::scoped_lock guard(mutex);
        return queue.remove(waiter) > 0;
    }
    // The next to own the lock; without one the lock is free.
    WaiterPtr pass_on() {
        const std::scoped_lock guard(mutex);
        if (queue.empty()) {
            held = false;
            return nullptr;
        }
        auto next = std::move(queue.front());
        queue.pop_front();
        return next;
    }
};

AsyncMutex::Lock& AsyncMutex::Lock::operator=(Lock&& other) noexcept {
    if (this != &other) {
        release();
        state_ = std::move(other.state_);
    }
    return *this;
}

void AsyncMutex::Lock::release() noexcept {
    const auto state = std::exchange(state_, nullptr);
    if (!state) return;
    if (auto next = state->pass_on()) complete(std::move(next), {}, Lock(state));
}

AsyncMutex::AsyncMutex() : state_(std::make_shared<State>()) {}

Task<AsyncMutex::Lock> AsyncMutex::lock() {
    const auto state = state_;
    if (state->try_lock()) co_return Lock(state);
    auto wait = [](asio::any_completion_handler<LockSignature> handler,
                   asio::any_io_executor executor, const std::shared_ptr<State>& shared) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto waiter = std::make_shared<Waiter>(std::move(handler), std::move(executor));
        if (slot.is_connected()) {
            slot.assign([shared, weak = std::weak_ptr(waiter)](asio::cancellation_type) {
                auto cancelled = weak.lock();
                if (cancelled && shared->remove(cancelled))
                    complete(std::move(cancelled), asio::error::operation_aborted, {});
            });
        }
        if (!shared->enqueue(waiter)) complete(std::move(waiter), {}, Lock(shared));
    };
    const asio::any_io_executor home =
        asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, LockSignature>(
        wait, asio::use_awaitable, home, state);
}

}  // namespace siahub
