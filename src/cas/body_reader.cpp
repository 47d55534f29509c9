#include "cas/body_reader.hpp"

namespace siahub::cas {

BodyReader::BodyReader(http::RequestBody& body)
    : body_(body), buffer_(std::make_unique_for_overwrite<std::byte[]>(kPiece)) {}

Task<Result<ByteView>> BodyReader::next() {
    std::size_t filled = 0;
    while (filled < kPiece) {
        const std::span room(buffer_.get() + filled, kPiece - filled);
        const auto n = CO_TRY(co_await body_.read(room));
        if (n == 0) break;
        filled += n;
    }
    co_return ByteView(buffer_.get(), filled);
}

}  // namespace siahub::cas
