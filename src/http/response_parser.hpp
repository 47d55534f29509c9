#pragma once
// From the bytes of a response head to a ResponseHead, as strictly as requests are read: what two
// readers could frame differently is refused, because behind a proxy it is a way to make one
// client's answer reach another. Beast parses lines and fields. Pure: no I/O.

#include "http/message.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace siahub::http {

struct ResponseHead {
    unsigned status = 0;
    bool keep_alive = false;
    bool chunked = false;
    std::optional<std::uint64_t> content_length;
    Headers headers;  // all of them, in their order

    // 1xx: another head follows.
    [[nodiscard]] bool interim() const { return status < 200; }
};

// `bytes` is exactly one head, its empty line included (find_head_end). Errors: unavailable, with a
// clause that says what is wrong with it.
Result<ResponseHead> parse_response_head(std::string_view bytes);

}  // namespace siahub::http
