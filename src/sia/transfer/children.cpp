#include "sia/transfer/children.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace siahub::sia {

namespace {

bool is_abort(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

Task<void> later(Task<void> child) {
    co_await asio::post(asio::use_awaitable);
    co_await std::move(child);
}

}  // namespace

Children::Children(const asio::any_io_executor& executor) : executor_(executor), alarm_(executor) {}

Children::~Children() = default;

Children::Id Children::start(Task<void> child) {
    const auto id = next_++;
    const auto added = running_.emplace(id, std::make_shared<Child>()).first->second;
    asio::co_spawn(
        executor_, later(std::move(child)),
        asio::bind_cancellation_slot(added->signal.slot(), [this, id](std::exception_ptr thrown) {
            ended(id, std::move(thrown));
        }));
    return id;
}

void Children::ended(Id id, std::exception_ptr thrown) {
    if (thrown && !is_abort(thrown) && !thrown_) thrown_ = std::move(thrown);
    auto node = running_.extract(id);
    node.mapped()->ended = true;
    // Kept a little: the end of a task still uses its slot.
    asio::post(executor_, [kept = std::move(node.mapped())] {});
    wake();
}

void Children::cancel(Id id) {
    const auto found = running_.find(id);
    if (found == running_.end()) return;
    asio::post(executor_, [child = found->second] {
        if (!child->ended) child->signal.emit(asio::cancellation_type::terminal);
    });
}

void Children::cancel_all() {
    for (const auto& [id, child] : running_)
        cancel(id);
}

Task<void> Children::sleep_until(TimePoint deadline) {
    alarm_.expires_at(deadline);
    co_await alarm_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await throw_if_cancelled();
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

Task<void> Children::finish() {
    cancel_all();
    while (!running_.empty()) {
        alarm_.expires_at(TimePoint::max());
        co_await alarm_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

Task<void> sleep_for(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await throw_if_cancelled();
}

Task<void> throw_if_cancelled() {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace siahub::sia
