#pragma once
// Bounds the memory of many tasks by bytes: a task that asks for more than is free waits its turn,
// and so stops reading from its client. First come, first served, so that a large request is not
// starved by small ones. A task cancelled while it waits leaves the queue (operation_aborted is
// thrown). Thread-safe. Leases may outlive the budget; waiting tasks must not.

#include "core/task.hpp"

#include <cstddef>
#include <memory>

namespace siahub::net {

class ByteBudget {
    struct State;

  public:
    class Lease {
      public:
        Lease() = default;
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&& other) noexcept;
        ~Lease() { release(); }
        [[nodiscard]] std::size_t bytes() const { return bytes_; }
        void release() noexcept;
        // Keeps no more than `bytes` and gives back the rest.
        void shrink(std::size_t bytes) noexcept;

      private:
        friend class ByteBudget;
        Lease(std::shared_ptr<State> state, std::size_t bytes)
            : state_(std::move(state)), bytes_(bytes) {}
        std::shared_ptr<State> state_;
        std::size_t bytes_ = 0;
    };

    explicit ByteBudget(std::size_t limit);
    ByteBudget(const ByteBudget&) = delete;
    ByteBudget& operator=(const ByteBudget&) = delete;

    // More than the whole budget counts as the whole budget.
    Task<Lease> acquire(std::size_t bytes);
    [[nodiscard]] std::size_t in_use() const;
    [[nodiscard]] std::size_t limit() const;
    [[nodiscard]] std::size_t waiting() const;  // tasks

  private:
    struct Waiter;
    static void grant(const std::shared_ptr<State>& state);

    std::shared_ptr<State> state_;
};

}  // namespace siahub::net
