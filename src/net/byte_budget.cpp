#include "net/byte_budget.hpp"

#include <list>
#include <mutex>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::net {

namespace {

using LeaseSignature = void(boost::system::error_code, ByteBudget::Lease);

}  // namespace

struct ByteBudget::Waiter {
    asio::any_completion_handler<LeaseSignature> handler;
    asio::any_io_executor executor;
    std::size_t bytes = 0;

    // The lease travels inside the posted function: if that is destroyed unrun, it is given back.
    static void complete(std::shared_ptr<Waiter> waiter, boost::system::error_code error,
                         Lease lease) {
        const auto executor = waiter->executor;
        asio::post(executor,
                   [waiter = std::move(waiter), error, lease = std::move(lease)]() mutable {
                       std::move(waiter->handler)(error, std::move(lease));
                   });
    }
};

struct ByteBudget::State {
    explicit State(std::size_t all) : limit(all), free(all) {}

    mutable std::mutex mutex;
    const std::size_t limit;
    std::size_t free;
    std::list<std::shared_ptr<Waiter>> queue;

    bool try_take(std::size_t bytes) {
        const std::scoped_lock guard(mutex);
        if (!queue.empty() || bytes > free) return false;
        free -= bytes;
        return true;
    }
    void enqueue(const std::shared_ptr<Waiter>& waiter) {
        const std::scoped_lock guard(mutex);
        queue.push_back(waiter);
    }
    bool remove(const std::shared_ptr<Waiter>& waiter) {
        const std::scoped_lock guard(mutex);
        return queue.remove(waiter) > 0;
    }
    void give_back(std::size_t bytes) {
        const std::scoped_lock guard(mutex);
        free += bytes;
    }
    // The first in the queue when its turn has come; its bytes are taken.
    std::shared_ptr<Waiter> next() {
        const std::scoped_lock guard(mutex);
        if (queue.empty() || queue.front()->bytes > free) return nullptr;
        auto first = std::move(queue.front());
        queue.pop_front();
        free -= first->bytes;
        return first;
    }
};

ByteBudget::Lease::Lease(Lease&& other) noexcept
    : state_(std::move(other.state_)), bytes_(std::exchange(other.bytes_, 0)) {}

ByteBudget::Lease& ByteBudget::Lease::operator=(Lease&& other) noexcept {
    if (this != &other) {
        release();
        state_ = std::move(other.state_);
        bytes_ = std::exchange(other.bytes_, 0);
    }
    return *this;
}

void ByteBudget::Lease::release() noexcept {
    const auto state = std::exchange(state_, nullptr);
    if (!state) return;
    state->give_back(std::exchange(bytes_, 0));
    grant(state);
}

void ByteBudget::Lease::shrink(std::size_t bytes) noexcept {
    if (!state_ || bytes >= bytes_) return;
    state_->give_back(bytes_ - bytes);
    bytes_ = bytes;
    grant(state_);
}

void ByteBudget::grant(const std::shared_ptr<State>& state) {
    while (auto waiter = state->next()) {
        const auto bytes = waiter->bytes;
        Waiter::complete(std::move(waiter), {}, Lease(state, bytes));
    }
}

ByteBudget::ByteBudget(std::size_t limit) : state_(std::make_shared<State>(limit)) {}

std::size_t ByteBudget::in_use() const {
    const std::scoped_lock guard(state_->mutex);
    return state_->limit - state_->free;
}

std::size_t ByteBudget::limit() const {
    return state_->limit;
}

std::size_t ByteBudget::waiting() const {
    const std::scoped_lock guard(state_->mutex);
    return state_->queue.size();
}

Task<ByteBudget::Lease> ByteBudget::acquire(std::size_t bytes) {
    const auto state = state_;
    bytes = std::min(bytes, state->limit);
    if (state->try_take(bytes)) co_return Lease(state, bytes);
    auto wait = [](asio::any_completion_handler<LeaseSignature> handler,
                   asio::any_io_executor executor, const std::shared_ptr<State>& shared,
                   std::size_t wanted) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto waiter = std::make_shared<Waiter>(std::move(handler), std::move(executor), wanted);
        if (slot.is_connected()) {
            slot.assign([shared, weak = std::weak_ptr(waiter)](asio::cancellation_type) {
                auto cancelled = weak.lock();
                if (!cancelled || !shared->remove(cancelled)) return;
                Waiter::complete(std::move(cancelled), asio::error::operation_aborted, {});
                grant(shared);  // the next may want less
            });
        }
        shared->enqueue(waiter);
        grant(shared);  // what was given back since try_take
    };
    const asio::any_io_executor home =
        asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, LeaseSignature>(
        wait, asio::use_awaitable, home, state, bytes);
}

}  // namespace siahub::net
