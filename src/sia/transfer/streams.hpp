#pragma once
// Where the bytes of uploads come from and those of downloads go to. Called on the executor of the
// transfers, one call at a time.

#include "core/bytes.hpp"
#include "core/task.hpp"
#include "net/byte_budget.hpp"

#include <algorithm>

namespace siahub::sia {

class ByteSource {
  public:
    virtual ~ByteSource() = default;
    // At least one byte unless the source has ended (0).
    virtual Task<Result<std::size_t>> read(std::span<std::byte> into) = 0;
};

// Bytes, and their share of the memory for downloads: freed together.
struct Piece {
    net::ByteBudget::Lease memory;
    Bytes bytes;
};

class ByteSink {
  public:
    virtual ~ByteSink() = default;
    // An error ends the download with it.
    virtual Task<Result<void>> write(Piece next) = 0;
};

class MemorySource final : public ByteSource {
  public:
    explicit MemorySource(ByteView bytes) : rest_(bytes) {}
    Task<Result<std::size_t>> read(std::span<std::byte> into) override {
        const auto size = std::min(into.size(), rest_.size());
        if (size > 0) std::memcpy(into.data(), rest_.data(), size);
        rest_ = rest_.subspan(size);
        co_return size;
    }

  private:
    ByteView rest_;
};

class MemorySink final : public ByteSink {
  public:
    Task<Result<void>> write(Piece next) override {
        append(bytes_, next.bytes);
        co_return Result<void>{};
    }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }
    [[nodiscard]] Bytes take() { return std::move(bytes_); }

  private:
    Bytes bytes_;
};

}  // namespace siahub::sia
