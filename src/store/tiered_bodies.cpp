#include "store/tiered_bodies.hpp"

namespace siahub::store {

Task<Result<std::uint64_t>> TieredBodies::size(xet::Hash xorb) {
    auto size = co_await local_.size(xorb);
    if (size || behind_ == nullptr || size.error().code != Code::not_found) co_return size;
    co_return co_await behind_->size(xorb);
}

Task<Result<SharedFile>> TieredBodies::open(xet::Hash xorb, xet::ByteSpan bytes) {
    auto file = co_await local_.open(xorb, bytes);
    if (file || behind_ == nullptr || file.error().code != Code::not_found) co_return file;
    co_return co_await behind_->open(xorb, bytes);
}

Task<std::unique_ptr<FetchAhead>> TieredBodies::fetch_ahead(xet::Hash xorb, xet::ByteSpan bytes) {
    if (behind_ == nullptr || co_await local_.size(xorb)) co_return nullptr;
    co_return co_await behind_->fetch_ahead(xorb, bytes);
}

}  // namespace siahub::store
