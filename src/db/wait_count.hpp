#pragma once
// How long tasks have waited for something, all together. Thread-safe.

#include <atomic>
#include <chrono>
#include <cstdint>

namespace siahub::db {

class WaitCount {
  public:
    void note(std::chrono::nanoseconds waited) {
        count_.fetch_add(1, std::memory_order_relaxed);
        nanos_.fetch_add(static_cast<std::uint64_t>(waited.count()), std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
    [[nodiscard]] double seconds() const {
        return static_cast<double>(nanos_.load(std::memory_order_relaxed)) / 1e9;
    }

  private:
    std::atomic<std::uint64_t> count_ = 0, nanos_ = 0;
};

}  // namespace siahub::db
