#include "cas/memory.hpp"

#include <algorithm>

namespace siahub::cas {

Task<net::ByteBudget::Lease> lease_for_body(Memory& memory, const http::Request& request,
                                            std::size_t limit, std::size_t factor) {
    constexpr std::size_t small = 64UL * 1024;
    const auto announced = request.body->content_length();
    const auto held = announced ? std::min<std::uint64_t>(*announced, limit) : limit;
    if (held <= small) co_return net::ByteBudget::Lease();
    co_return co_await memory.whole_bodies.acquire(static_cast<std::size_t>(held) * factor);
}

}  // namespace siahub::cas
