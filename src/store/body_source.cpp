#include "store/body_source.hpp"

namespace siahub::store {

Task<Result<std::size_t>> BodySource::read(std::span<std::byte> into) {
    auto read = co_await try_read(into);
    if (!read) failure_ = read.error();
    co_return read;
}

Task<Result<std::size_t>> BodySource::try_read(std::span<std::byte> into) {
    const auto size = std::min<std::uint64_t>(into.size(), size_ - at_);
    if (size == 0) co_return std::size_t{0};
    if (!file_) file_ = CO_TRY(co_await bodies_.open(xorb_, {0, size_}));
    const auto piece = into.first(size);
    CO_TRY(co_await pools_.disk.run([&] { return read_exactly(file_->fd(), at_, piece); }));
    at_ += size;
    co_return piece.size();
}

}  // namespace siahub::store
