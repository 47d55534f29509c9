#include "store/remote_origin.hpp"

namespace siahub::store {

Task<Result<std::unique_ptr<ByteSource>>> RemoteOrigin::read(xet::Hash xorb, xet::ByteSpan bytes) {
    auto object = CO_TRY(co_await pins_.object(xorb));
    if (!object) co_return fail(Code::not_found, "This object is not on Sia");
    co_return co_await remote_.read(std::move(object->sealed), bytes);
}

Task<Result<std::unique_ptr<ByteSource>>> FirstOf::read(xet::Hash xorb, xet::ByteSpan bytes) {
    auto source = co_await first_.read(xorb, bytes);
    if (source) co_return source;
    auto other = co_await second_.read(xorb, bytes);
    // What the first one said is then the nearer cause.
    if (!other && other.error().code == Code::not_found) co_return source;
    co_return other;
}

}  // namespace siahub::store
