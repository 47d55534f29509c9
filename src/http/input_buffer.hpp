#pragma once
// Bytes that have arrived and are not consumed yet: heads, chunk framing, pipelined requests. Grows
// by doubling up to a limit and gives memory back when a large head has been dealt with.

#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace siahub::http {

class InputBuffer {
  public:
    [[nodiscard]] std::string_view bytes() const { return {data_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    void consume(std::size_t count) { begin_ += count; }

    // Free space behind the bytes: at least one byte unless there are `limit` bytes already.
    std::span<std::byte> room(std::size_t limit) {
        const std::size_t used = end_ - begin_;
        if (begin_ > 0 || (used == 0 && capacity_ > kKeep)) make_space(used, capacity_);
        if (end_ == capacity_ && capacity_ < limit)
            make_space(used, std::min(limit, std::max(kInitial, capacity_ * 2)));
        return std::as_writable_bytes(std::span(data_.get() + end_, capacity_ - end_));
    }
    void commit(std::size_t count) { end_ += count; }

  private:
    static constexpr std::size_t kInitial = 4 * 1024;
    static constexpr std::size_t kKeep = 16 * 1024;

    void make_space(std::size_t used, std::size_t capacity) {
        if (used == 0 && capacity > kKeep && begin_ == end_) capacity = kInitial;
        if (capacity != capacity_) {
            auto larger = std::make_unique_for_overwrite<char[]>(capacity);
            if (used > 0) std::memcpy(larger.get(), data_.get() + begin_, used);
            data_ = std::move(larger);
            capacity_ = capacity;
        } else if (used > 0) {
            std::memmove(data_.get(), data_.get() + begin_, used);
        }
        begin_ = 0;
        end_ = used;
    }

    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace siahub::http
