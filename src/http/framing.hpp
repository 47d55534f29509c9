#pragma once
// How the end of a body is told, decided from a head's fields in the one way that no other reader
// can see differently (RFC 9112 §6.3, its may-reject cases rejected). Pure.

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

namespace siahub::http {

// What the fields of one head say about it; the views are into the head.
struct FramingFields {
    unsigned lengths = 0;  // how often Content-Length was there
    unsigned codings = 0;  // and Transfer-Encoding
    std::string_view length;
    std::string_view coding;
};

struct Framing {
    bool chunked = false;
    std::optional<std::uint64_t> length;
};

// The error is a clause that says what is wrong. Chunks are known to HTTP/1.1 alone.
std::expected<Framing, std::string_view> decide_framing(const FramingFields& fields, bool http_1_1);

}  // namespace siahub::http
