#include "cas/held_body.hpp"

#include "core/file_io.hpp"

#include <algorithm>

namespace siahub::cas {
namespace {

constexpr std::size_t kSmall = 64UL * 1024;

Failure too_large() {
    return fail(Code::payload_too_large, "the request body is too large");
}

Task<Result<std::size_t>> fill(http::RequestBody& from, std::span<std::byte> buffer) {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const auto count = CO_TRY(co_await from.read(buffer.subspan(filled)));
        if (count == 0) break;
        filled += count;
    }
    co_return filled;
}

}  // namespace

Task<Result<void>> ReceivedBody::receive(http::RequestBody& from, std::uint64_t most) {
    Bytes buffer(kSmall);
    for (;;) {
        const auto filled = CO_TRY(co_await fill(from, buffer));
        size_ += filled;
        if (size_ > most) co_return too_large();
        const bool is_last = filled < buffer.size();
        const auto piece = ByteView(buffer).first(filled);
        if (is_last && !file_) {
            start_.assign(piece.begin(), piece.end());
        } else if (filled > 0) {
            CO_TRY(co_await store_.pools.disk.run([&] { return append(piece); }));
        }
        if (is_last) co_return Result<void>{};
    }
}

Result<void> ReceivedBody::append(ByteView bytes) {
    if (!file_) file_.emplace(TRY(store_.bodies.new_temp_file()));
    return file_->append(bytes);
}

Task<Result<std::size_t>> ReceivedBody::read(std::span<std::byte> into) {
    const auto part = into.first(std::min<std::uint64_t>(into.size(), size_ - at_));
    if (part.empty()) co_return std::size_t{0};
    if (file_) {
        CO_TRY(
            co_await store_.pools.disk.run([&] { return read_exactly(file_->fd(), at_, part); }));
    } else {
        std::ranges::copy(ByteView(start_).subspan(at_, part.size()), part.begin());
    }
    at_ += part.size();
    co_return part.size();
}

HeldBody::HeldBody(http::Request& request, std::unique_ptr<ReceivedBody> body,
                   net::ByteBudget::Lease lease)
    : request_(&request),
      original_(std::exchange(request.body, body.get())),
      body_(std::move(body)),
      lease_(std::move(lease)) {}

HeldBody::HeldBody(HeldBody&& other) noexcept
    : request_(std::exchange(other.request_, nullptr)),
      original_(other.original_),
      body_(std::move(other.body_)),
      lease_(std::move(other.lease_)) {}

HeldBody::~HeldBody() {
    if (request_ != nullptr) request_->body = original_;
}

Task<Result<HeldBody>> hold_body(Memory& memory, store::Store& store, http::Request& request,
                                 BodyLimits limits) {
    const auto announced = request.body->content_length();
    if (announced && *announced <= kSmall) co_return HeldBody();
    if (announced && *announced > limits.most) co_return too_large();
    auto body = std::make_unique<ReceivedBody>(store);
    CO_TRY(co_await body->receive(*request.body, limits.most));
    const auto held = std::min<std::uint64_t>(*body->content_length(), limits.held);
    net::ByteBudget::Lease lease;
    if (held > kSmall)
        lease =
            co_await memory.whole_bodies.acquire(static_cast<std::size_t>(held) * limits.factor);
    co_return HeldBody(request, std::move(body), std::move(lease));
}

}  // namespace siahub::cas
