#include "cas/body_reader.hpp"

namespace siahub::cas {

Task<Result<ByteView>> BodyReader::next() {
    if (buffer_.bytes().empty()) {
        share_ = co_await memory_.shares.acquire(user_, Memory::kBuffer);
        buffer_ = co_await memory_.buffers.acquire();
    }
    const auto buffer = buffer_.bytes();
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const auto n = CO_TRY(co_await body_.read(buffer.subspan(filled)));
        if (n == 0) break;
        filled += n;
    }
    co_return ByteView(buffer.first(filled));
}

}  // namespace siahub::cas
