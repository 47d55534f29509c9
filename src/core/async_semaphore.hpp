#pragma once
// A number of permits for tasks: waiting suspends the task and blocks no thread, and waiters get
// their permit in the order they came, on their own executors. A task cancelled while it waits
// leaves the queue (its wait throws operation_aborted); a permit on its way to a task that is
// destroyed goes to the next one. Thread-safe. Permits may outlive the semaphore; waiting tasks
// must not.

#include "core/task.hpp"

#include <memory>

namespace siahub {

class AsyncSemaphore {
    struct State;

  public:
    class Permit {
      public:
        Permit() = default;
        Permit(Permit&& other) noexcept = default;
        Permit& operator=(Permit&& other) noexcept;
        ~Permit() { release(); }
        [[nodiscard]] bool owns() const { return state_ != nullptr; }
        void release() noexcept;

      private:
        friend class AsyncSemaphore;
        explicit Permit(std::shared_ptr<State> state) : state_(std::move(state)) {}
        std::shared_ptr<State> state_;
    };

    explicit AsyncSemaphore(std::size_t permits);
    AsyncSemaphore(const AsyncSemaphore&) = delete;
    AsyncSemaphore& operator=(const AsyncSemaphore&) = delete;

    Task<Permit> acquire();
    // For metrics: permits that nobody holds, and tasks that wait for one.
    [[nodiscard]] std::size_t free() const;
    [[nodiscard]] std::size_t waiting() const;

  private:
    std::shared_ptr<State> state_;
};

}  // namespace siahub
