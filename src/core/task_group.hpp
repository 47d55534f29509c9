#pragma once
// Tasks that outlive the request that started them (a shard registration whose client left). The
// owner of what they use calls wait() before it goes away. Any thread.

#include "core/task.hpp"

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>

#include <boost/asio/any_io_executor.hpp>

namespace siahub {

class TaskGroup {
  public:
    // Called on the task's executor with what a task threw. Outlives the group.
    explicit TaskGroup(std::function<void(std::exception_ptr)> on_exception);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    void spawn(const asio::any_io_executor& executor, Task<void> task);
    // Blocks until no task is left. The executors must go on running.
    void wait();

  private:
    void leave();

    std::function<void(std::exception_ptr)> on_exception_;
    std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t running_ = 0;
};

}  // namespace siahub
