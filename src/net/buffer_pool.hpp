#pragma once
// Recycled buffers of one size with a limit on how many exist: uploads read into them, and a client
// whose task waits for one is not read from. Recycled, because fresh pages cost a quarter of an
// upload's CPU. Thread-safe. The pool outlives its buffers.

#include "net/byte_budget.hpp"

#include <mutex>
#include <span>
#include <vector>

namespace siahub::net {

class BufferPool {
  public:
    class Buffer {
      public:
        Buffer() = default;
        Buffer(Buffer&& other) noexcept = default;
        Buffer& operator=(Buffer&& other) noexcept;
        ~Buffer() { release(); }
        [[nodiscard]] std::span<std::byte> bytes() const {
            return {memory_.get(), memory_ ? size_ : 0};
        }
        void release() noexcept;

      private:
        friend class BufferPool;
        Buffer(BufferPool& pool, ByteBudget::Lease lease);
        BufferPool* pool_ = nullptr;
        ByteBudget::Lease lease_;
        std::unique_ptr<std::byte[]> memory_;
        std::size_t size_ = 0;
    };

    BufferPool(std::size_t buffer_size, std::size_t max_buffers);

    // Waits while `max_buffers` are out.
    Task<Buffer> acquire();
    [[nodiscard]] std::size_t buffer_size() const { return buffer_size_; }
    [[nodiscard]] const ByteBudget& budget() const { return budget_; }

  private:
    std::unique_ptr<std::byte[]> take_memory();
    void recycle(std::unique_ptr<std::byte[]> memory) noexcept;

    std::size_t buffer_size_;
    ByteBudget budget_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<std::byte[]>> free_;
};

}  // namespace siahub::net
