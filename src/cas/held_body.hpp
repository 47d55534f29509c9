#pragma once
// Request bodies that have to be held as a whole or by the line (JSON, commits, shards). What is
// large, or of unknown length, goes to a file as it arrives; only when it is there does it lease
// the memory that working on it takes. So a client that is slow or silent holds a file of its own
// and nothing that others wait for, and a lease is as large as the body really is.

#include "cas/memory.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

#include <limits>

namespace siahub::cas {

struct BodyLimits {
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();  // payload_too_large beyond
    std::size_t held = 0;    // the most of it that is in memory at once
    std::size_t factor = 1;  // what a byte of it costs with all that is made of it
};

// A body that has arrived.
class ReceivedBody final : public http::RequestBody {
  public:
    explicit ReceivedBody(store::Store& store) : store_(store) {}
    // Reads all of `from`.
    Task<Result<void>> receive(http::RequestBody& from, std::uint64_t most);

    [[nodiscard]] std::optional<std::uint64_t> content_length() const override { return size_; }
    Task<Result<std::size_t>> read(std::span<std::byte> into) override;

  private:
    Result<void> append(ByteView bytes);

    store::Store& store_;
    Bytes start_;  // a small body lies here, a large one in the file
    std::optional<store::TempFile> file_;
    std::uint64_t size_ = 0;
    std::uint64_t at_ = 0;
};

// Stands in for the body of the request as long as it lives.
class HeldBody {
  public:
    HeldBody() = default;
    HeldBody(http::Request& request, std::unique_ptr<ReceivedBody> body,
             net::ByteBudget::Lease lease);
    HeldBody(HeldBody&& other) noexcept;
    HeldBody& operator=(HeldBody&&) = delete;
    ~HeldBody();
    // For those who keep the content longer than the request.
    net::ByteBudget::Lease take_lease() { return std::move(lease_); }

  private:
    http::Request* request_ = nullptr;
    http::RequestBody* original_ = nullptr;
    std::unique_ptr<ReceivedBody> body_;
    net::ByteBudget::Lease lease_;
};

// Bodies that are announced as small stay as they are. `request` outlives the result.
Task<Result<HeldBody>> hold_body(Memory& memory, store::Store& store, http::Request& request,
                                 BodyLimits limits);

}  // namespace siahub::cas
