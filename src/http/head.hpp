#pragma once
// From the bytes of a request head to a RequestHead, strictly (RFC 9112, with its MUST-reject and
// its may-reject cases both rejected: whoever disagrees with a proxy about where a message ends
// lets requests be smuggled). Beast parses lines and fields; framing is decided here. Pure: no I/O.

#include "http/message.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace siahub::http {

// The status to refuse with and the reason, for the log.
struct HeadError {
    unsigned status;
    std::string_view reason;
};

struct RequestHead {
    Method method = Method::get;
    std::string target;     // storage of path and query
    std::string_view path;  // into target
    std::string_view query;
    std::string host;  // "name:port" as the client sent it; empty only for HTTP/1.0
    bool http_1_0 = false;
    bool keep_alive = true;
    bool expects_continue = false;
    bool chunked = false;
    std::uint64_t content_length = 0;  // when not chunked
    Headers headers;

    void clear();  // keeps the memory
};

// Where the head ends (one past its empty line), or npos. `scanned` is how many bytes earlier calls
// have seen.
std::size_t find_head_end(std::string_view bytes, std::size_t scanned);

// `bytes` is exactly one head, its empty line included. On an error `head` holds what was
// understood.
std::expected<void, HeadError> parse_head(std::string_view bytes, RequestHead& head);

}  // namespace siahub::http
