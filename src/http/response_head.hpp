#pragma once
// The head of a response as bytes, and the Date that every one carries.

#include "http/message.hpp"

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace siahub::http {

// How the end of the body is told, and what happens to the connection afterwards.
struct Framing {
    std::optional<std::uint64_t> length;
    bool chunked = false;
    bool close = false;
    bool announce_keep_alive = false;  // HTTP/1.0 clients need to hear it
};

[[nodiscard]] std::string_view reason_phrase(unsigned status);
// 1xx, 204 and 304 end with their head (RFC 9112 §6.3).
[[nodiscard]] bool has_no_body(unsigned status);

// Appends to `out`. Framing fields and Date that a handler set itself are left out: two answers to
// "where does it end" are how responses get smuggled.
void render_head(std::string& out, const Response& response, const Framing& framing,
                 std::string_view date);

// "Sun, 06 Nov 1994 08:49:37 GMT", formatted once per second. One per thread.
class DateCache {
  public:
    [[nodiscard]] std::string_view now();

  private:
    std::time_t second_ = -1;
    std::string text_;
};

[[nodiscard]] std::string http_date(std::time_t time);

}  // namespace siahub::http
