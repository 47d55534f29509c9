#pragma once
// Counts what is alive (connections, accept loops, tickers), so that an owner can wait until
// nothing uses it any more. A Pass is held by the thing that lives; passes may be dropped on any
// thread. The gate outlives its passes: wait() before it goes away.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace siahub::net {

class Gate {
  public:
    class Pass {
      public:
        Pass() = default;
        explicit Pass(Gate& gate) : gate_(&gate) { gate.enter(); }
        Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Pass& operator=(Pass&& other) noexcept {
            std::swap(gate_, other.gate_);
            return *this;
        }
        ~Pass() {
            if (gate_ != nullptr) gate_->leave();
        }

      private:
        Gate* gate_ = nullptr;
    };

    void wait() {
        std::unique_lock lock(mutex_);
        empty_.wait(lock, [&] { return inside_ == 0; });
    }
    // False when something is still inside after `limit`.
    [[nodiscard]] bool wait_for(std::chrono::milliseconds limit) {
        std::unique_lock lock(mutex_);
        return empty_.wait_for(lock, limit, [&] { return inside_ == 0; });
    }

  private:
    void enter() {
        const std::lock_guard lock(mutex_);
        ++inside_;
    }
    void leave() {
        // Notified under the lock: the waiter may destroy the gate as soon as it can take the lock.
        const std::lock_guard lock(mutex_);
        if (--inside_ == 0) empty_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t inside_ = 0;
};

}  // namespace siahub::net
