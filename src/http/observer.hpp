#pragma once
// What a server tells about every request when its last byte is out, or when it is known that it
// will never be. Observers are called on I/O threads, by many at once, and must be quick.

#include "http/message.hpp"

#include <chrono>
#include <string_view>

namespace siahub::http {

enum class Ending {
    complete,
    client_left,     // closed or reset the connection
    client_stalled,  // sent or took nothing for too long
    shut_down,       // cut, because the server ends
    failed,          // the answer could not be produced to its end
};
[[nodiscard]] std::string_view name_of(Ending ending);

struct Exchange {
    const Request& request;
    std::size_t route;  // index into Router::routes(), or Router::kNoRoute
    // 499 for a client that left before there was an answer, 503 when the server's end was why.
    unsigned status;
    Ending ending;
    std::uint64_t bytes_in;   // of the request's body
    std::uint64_t bytes_out;  // of the answer's body, with the framing of a chunked one
    // From the complete head of the request to the first byte of the answer, and to its last.
    std::chrono::nanoseconds until_answer;
    std::chrono::nanoseconds duration;
};

class Observer {
  public:
    virtual ~Observer() = default;
    virtual void ended(const Exchange& exchange) = 0;
};

}  // namespace siahub::http
