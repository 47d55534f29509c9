#include "http/body_reader.hpp"

#include <algorithm>

namespace siahub::http {

namespace {

constexpr std::uint64_t kProgress = 4 * 1024;
// Chunks smaller than this are read together with their framing and copied.
constexpr std::uint64_t kDirectRead = 8 * 1024;
constexpr std::size_t kInputLimit = 16 * 1024;

}  // namespace

void BodyReader::begin(const RequestHead& head) {
    chunked_ = head.chunked;
    awaits_continue_ = head.expects_continue;
    failure_.reset();
    taken_ = 0;
    length_ = left_ = head.content_length;
    decoder_ = ChunkedDecoder();
    patience_ = stall_;
    progress_ = 0;
}

std::optional<std::uint64_t> BodyReader::content_length() const {
    if (chunked_) return std::nullopt;
    return length_;
}

bool BodyReader::done() const {
    return chunked_ ? decoder_.done() : left_ == 0;
}

bool BodyReader::can_drain(std::uint64_t limit) const {
    return done() || (!failure_ && !awaits_continue_ && (chunked_ || left_ <= limit));
}

std::uint64_t BodyReader::data_left() const {
    return chunked_ ? decoder_.data_left() : left_;
}

void BodyReader::take(std::size_t count) {
    taken_ += count;
    if (chunked_)
        decoder_.take_data(count);
    else
        left_ -= count;
}

Task<Result<std::size_t>> BodyReader::read(std::span<std::byte> into) {
    if (failure_) co_return fail(Code::connection_closed, "the request body ended early");
    if (done()) co_return std::size_t{0};
    if (awaits_continue_) CO_TRY(co_await send_continue());
    if (chunked_ && decoder_.data_left() == 0) {
        CO_TRY(co_await next_chunk());
        if (done()) co_return std::size_t{0};
    }
    if (input_.empty() && chunked_ && data_left() < kDirectRead) CO_TRY(co_await fill_input());
    const auto wanted = into.first(std::min<std::uint64_t>(into.size(), data_left()));
    std::size_t count = std::min(input_.bytes().size(), wanted.size());
    if (count > 0) {
        std::memcpy(wanted.data(), input_.bytes().data(), count);
        input_.consume(count);
    } else {
        count = CO_TRY(co_await receive(wanted));
    }
    take(count);
    co_return count;
}

Task<Result<void>> BodyReader::send_continue() {
    static constexpr std::string_view kLine = "HTTP/1.1 100 Continue\r\n\r\n";
    awaits_continue_ = false;
    if (!input_.empty()) co_return Result<void>{};  // the client did not wait
    iovec part{.iov_base = const_cast<char*>(kLine.data()), .iov_len = kLine.size()};
    co_return co_await socket_.send({&part, 1}, false, stall_);
}

Task<Result<void>> BodyReader::next_chunk() {
    while (decoder_.data_left() == 0 && !decoder_.done()) {
        if (input_.empty()) CO_TRY(co_await fill_input());
        input_.consume(decoder_.feed(input_.bytes()));
        if (decoder_.broken())
            co_return broken({Code::invalid_argument, "the chunked request body is malformed"});
    }
    co_return Result<void>{};
}

Task<Result<void>> BodyReader::fill_input() {
    input_.commit(CO_TRY(co_await receive(input_.room(kInputLimit))));
    co_return Result<void>{};
}

Task<Result<std::size_t>> BodyReader::receive(std::span<std::byte> into) {
    const auto start = std::chrono::steady_clock::now();
    const auto count = co_await socket_.read_some(into, start + patience_);
    if (!count) co_return broken(count.error());
    progress_ += *count;
    if (progress_ >= kProgress) {
        progress_ = 0;
        patience_ = stall_;
    } else {
        patience_ -= std::chrono::steady_clock::now() - start;
    }
    co_return *count;
}

Failure BodyReader::broken(Error error) {
    failure_ = error.code;
    return Failure(std::move(error));
}

Task<bool> BodyReader::drain(std::uint64_t limit, std::span<std::byte> scratch) {
    std::uint64_t drained = 0;
    while (!done()) {
        const auto count = co_await read(scratch);
        if (!count) co_return false;
        drained += *count;
        if (drained > limit) co_return false;
    }
    co_return true;
}

}  // namespace siahub::http
