#include "net/buffer_pool.hpp"

namespace siahub::net {

BufferPool::BufferPool(std::size_t buffer_size, std::size_t max_buffers)
    : buffer_size_(buffer_size), budget_(buffer_size * max_buffers) {
    free_.reserve(max_buffers);  // so that giving back never allocates
}

Task<BufferPool::Buffer> BufferPool::acquire() {
    auto lease = co_await budget_.acquire(buffer_size_);
    co_return Buffer(*this, std::move(lease));
}

std::unique_ptr<std::byte[]> BufferPool::take_memory() {
    {
        const std::scoped_lock guard(mutex_);
        if (!free_.empty()) {
            auto memory = std::move(free_.back());
            free_.pop_back();
            return memory;
        }
    }
    return std::make_unique_for_overwrite<std::byte[]>(buffer_size_);
}

void BufferPool::recycle(std::unique_ptr<std::byte[]> memory) noexcept {
    const std::scoped_lock guard(mutex_);
    free_.push_back(std::move(memory));
}

BufferPool::Buffer::Buffer(BufferPool& pool, ByteBudget::Lease lease)
    : pool_(&pool),
      lease_(std::move(lease)),
      memory_(pool.take_memory()),
      size_(pool.buffer_size_) {}

BufferPool::Buffer& BufferPool::Buffer::operator=(Buffer&& other) noexcept {
    if (this != &other) {
        release();
        pool_ = other.pool_;
        lease_ = std::move(other.lease_);
        memory_ = std::move(other.memory_);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

void BufferPool::Buffer::release() noexcept {
    if (!memory_) return;
    // The memory first: whoever gets the lease must find it there.
    pool_->recycle(std::move(memory_));
    size_ = 0;
    lease_.release();
}

}  // namespace siahub::net
