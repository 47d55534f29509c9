#include "cas/internal_bodies.hpp"

#include "auth/internal_token.hpp"
#include "http/file_response.hpp"
#include "store/store.hpp"

#include <fmt/format.h>

namespace siahub::cas {

Answer internal_xorb(const Services& services, http::Request& request) {
    const auth::InternalTokens tokens(services.store.keys, services.clock);
    CO_TRY(tokens.check(fmt::format("GET {}", request.path), credentials(request)));
    const auto xorb = CO_TRY(xet::parse_hash(request.captures[0]));
    auto& bodies = services.store.bodies;
    const auto size = CO_TRY(co_await bodies.size(xorb));
    const auto file = CO_TRY(co_await bodies.open(xorb, {0, size}));
    const http::FileContent content{.file = file,
                                    .size = size,
                                    .content_type = "application/octet-stream",
                                    .etag = fmt::format("\"{}\"", xorb.hex())};
    co_return http::file_response(content, request);
}

}  // namespace siahub::cas
