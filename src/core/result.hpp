#pragma once
// Expected failures are values. Error carries a closed code, mapped once to an HTTP status and
// X-Error-Code (cas/errors), and one sentence that names the cause and, where there is one, the way
// out. Messages reach clients: no secrets, no host paths. Exceptions are for bugs and exhaustion.

#include <expected>
#include <string>
#include <utility>

namespace siahub {

enum class Code {
    invalid_argument,       // 400: malformed request or bytes
    unauthorized,           // 401: no credentials where some are needed
    invalid_credentials,    // 401: credentials given and wrong
    forbidden,              // 403
    gated,                  // 403, or 401 for anonymous callers: metadata is open, content is not
    link_expired,           // 403: signed URL expired or forged; clients refresh
    not_found,              // 404 without a Hub code
    repo_not_found,         // 404, or 401 for anonymous callers (masking rule)
    revision_not_found,     // 404
    entry_not_found,        // 404
    timeout,                // 408
    conflict,               // 409
    precondition_failed,    // 412
    payload_too_large,      // 413
    range_not_satisfiable,  // 416
    unprocessable,          // 422
    too_many_requests,      // 429
    internal,               // 500
    not_implemented,        // 501
    unavailable,            // 503
    connection_closed,      // the peer is gone; never rendered
};

struct [[nodiscard]] Error {
    Code code = Code::internal;
    std::string message;
};

template <class T>
using Result = std::expected<T, Error>;

using Failure = std::unexpected<Error>;

inline Failure fail(Code code, std::string message) {
    return Failure(Error{code, std::move(message)});
}

namespace detail {
template <class T>
T take(std::expected<T, Error>&& result) {
    return std::move(*result);
}
inline void take(std::expected<void, Error>&&) {}
}  // namespace detail

}  // namespace siahub

// TRY(expr): the value of a Result, or return its error from the enclosing function. CO_TRY(expr):
// the same inside a coroutine. Each use has a variable of its own name, so that they nest.
#define TRY(...) SIAHUB_TRY_AS(SIAHUB_TRY_NAME(__COUNTER__), return, __VA_ARGS__)
#define CO_TRY(...) SIAHUB_TRY_AS(SIAHUB_TRY_NAME(__COUNTER__), co_return, __VA_ARGS__)

#define SIAHUB_TRY_NAME(number) SIAHUB_TRY_NAME_2(number)
#define SIAHUB_TRY_NAME_2(number) try_result_##number
#define SIAHUB_TRY_AS(name, leave, ...)                              \
    ({                                                               \
        auto name = (__VA_ARGS__);                                   \
        if (!name) leave ::std::unexpected(std::move(name).error()); \
        ::siahub::detail::take(std::move(name));                     \
    })
