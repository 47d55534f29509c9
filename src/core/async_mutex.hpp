#pragma once
// A mutex for tasks: waiting suspends the task and blocks no thread, and waiters get the lock in
// the order they came, on their own executors. A task cancelled while it waits leaves the queue
// (its wait throws operation_aborted); a lock on its way to a task that is destroyed goes to the
// next one. Thread-safe. Locks may outlive the mutex; waiting tasks must not.

#include "core/task.hpp"

#include <memory>

namespace siahub {

class AsyncMutex {
    struct State;

  public:
    class Lock {
      public:
        Lock() = default;
        Lock(Lock&& other) noexcept = default;
        Lock& operator=(Lock&& other) noexcept;
        ~Lock() { release(); }
        [[nodiscard]] bool owns() const { return state_ != nullptr; }
        void release() noexcept;

      private:
        friend class AsyncMutex;
        explicit Lock(std::shared_ptr<State> state) : state_(std::move(state)) {}
        std::shared_ptr<State> state_;
    };

    AsyncMutex();
    AsyncMutex(const AsyncMutex&) = delete;
    AsyncMutex& operator=(const AsyncMutex&) = delete;

    Task<Lock> lock();

  private:
    std::shared_ptr<State> state_;
};

}  // namespace siahub
