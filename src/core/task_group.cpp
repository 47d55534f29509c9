#include "core/task_group.hpp"

#include <boost/asio/co_spawn.hpp>

namespace siahub {

TaskGroup::TaskGroup(std::function<void(std::exception_ptr)> on_exception)
    : on_exception_(std::move(on_exception)) {}

void TaskGroup::spawn(const asio::any_io_executor& executor, Task<void> task) {
    {
        const std::lock_guard lock(mutex_);
        ++running_;
    }
    asio::co_spawn(executor, std::move(task), [this](const std::exception_ptr& failure) {
        if (failure) on_exception_(failure);
        leave();
    });
}

void TaskGroup::wait() {
    std::unique_lock lock(mutex_);
    empty_.wait(lock, [this] { return running_ == 0; });
}

void TaskGroup::leave() {
    // Notified under the lock: the waiter may destroy the group as soon as it can take the lock.
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) empty_.notify_all();
}

}  // namespace siahub
