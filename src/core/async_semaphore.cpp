#include "core/async_semaphore.hpp"

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

using PermitSignature = void(boost::system::error_code, AsyncSemaphore::Permit);

struct Waiter {
    asio::any_completion_handler<PermitSignature> handler;
    asio::any_io_executor executor;
};
using WaiterPtr = std::shared_ptr<Waiter>;

// The permit travels inside the posted function: if that is destroyed unrun, it is released.
void complete(WaiterPtr waiter, boost::system::error_code error, AsyncSemaphore::Permit permit) {
    const auto executor = waiter->executor;
    asio::post(executor, [waiter = std::move(waiter), error, permit = std::move(permit)]() mutable {
        std::move(waiter->handler)(error, std::move(permit));
    });
}

}  // namespace

struct AsyncSemaphore::State {
    mutable std::mutex mutex;
    std::size_t free = 0;
    std::list<WaiterPtr> queue;

    bool try_take() {
        const std::scoped_lock guard(mutex);
        return take();
    }
    // False when a permit was free: it is the caller's now.
    bool enqueue(const WaiterPtr& waiter) {
        const std::scoped_lock guard(mutex);
        if (take()) return false;
        queue.push_back(waiter);
        return true;
    }
    bool remove(const WaiterPtr& waiter) {
        const std::scoped_lock guard(mutex);
        return queue.remove(waiter) > 0;
    }
    // The next to own the permit; without one it is free.
    WaiterPtr pass_on() {
        const std::scoped_lock guard(mutex);
        if (queue.empty()) {
            ++free;
            return nullptr;
        }
        auto next = std::move(queue.front());
        queue.pop_front();
        return next;
    }

  private:
    bool take() {
        if (free == 0) return false;
        --free;
        return true;
    }
};

AsyncSemaphore::Permit& AsyncSemaphore::Permit::operator=(Permit&& other) noexcept {
    if (this != &other) {
        release();
        state_ = std::move(other.state_);
    }
    return *this;
}

void AsyncSemaphore::Permit::release() noexcept {
    const auto state = std::exchange(state_, nullptr);
    if (!state) return;
    if (auto next = state->pass_on()) complete(std::move(next), {}, Permit(state));
}

AsyncSemaphore::AsyncSemaphore(std::size_t permits) : state_(std::make_shared<State>()) {
    state_->free = permits;
}

std::size_t AsyncSemaphore::free() const {
    const std::scoped_lock guard(state_->mutex);
    return state_->free;
}

std::size_t AsyncSemaphore::waiting() const {
    const std::scoped_lock guard(state_->mutex);
    return state_->queue.size();
}

Task<AsyncSemaphore::Permit> AsyncSemaphore::acquire() {
    const auto state = state_;
    if (state->try_take()) co_return Permit(state);
    auto wait = [](asio::any_completion_handler<PermitSignature> handler,
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
        if (!shared->enqueue(waiter)) complete(std::move(waiter), {}, Permit(shared));
    };
    const asio::any_io_executor home =
        asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, PermitSignature>(
        wait, asio::use_awaitable, home, state);
}

}  // namespace siahub
