#pragma once
// What can go wrong with a call to indexd, finer than core's codes: a caller has to tell a quota
// that is used up from a server that is away. indexd answers errors as plain text; some of them are
// only told apart by their words. Plain values. Facts: indexd's api and accounts packages.

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace siahub::sia::indexd {

enum class Failure {
    unreachable,     // no connection, or it broke off
    timed_out,       // it took the request and did not answer in time
    bad_answer,      // not what indexd answers: another server, or another version
    bad_request,     // 400: a slab or an object that indexd does not accept
    unpinned_slab,   // 400: an object names a slab that is not pinned
    bad_hosts,       // 400: too many sectors of a slab are on hosts without a good contract
    bad_signature,   // 401: clocks differ, or indexd is advertised under another name
    unknown_key,     // 401: this app key is not registered, or the password is wrong
    not_approved,    // 403: nobody has approved the connection, or the connect key has no uses left
    not_found,       // 404
    in_use,          // 409: a slab that objects use, a key that accounts use
    too_large,       // 413
    rate_limited,    // 429
    blocked,         // 451: the operator of indexd has blocked this object
    quota_exceeded,  // 500 in words: the account or its connect key may not pin more
    server,          // any other status
};

struct ApiError {
    Failure failure = Failure::server;
    std::string message;  // one sentence with the cause and, where there is one, the way out

    ApiError(Failure what, std::string text) : failure(what), message(std::move(text)) {}
    // Of the HTTP client, or of a parser of answers.
    ApiError(Error error);   // NOLINT(google-explicit-constructor): lets CO_TRY pass it on
    operator Error() const;  // NOLINT(google-explicit-constructor)

    // Whether the same call may succeed later without anyone doing anything.
    [[nodiscard]] bool is_transient() const;
};

template <class T>
using ApiResult = std::expected<T, ApiError>;

// What an answer with a status of 300 and more means. `call` is "POST /slabs".
ApiError api_error(unsigned status, std::string_view body, std::string_view call);

}  // namespace siahub::sia::indexd

// For TRY and CO_TRY.
namespace siahub::detail {
template <class T>
T take(std::expected<T, sia::indexd::ApiError>&& result) {
    return std::move(*result);
}
inline void take(std::expected<void, sia::indexd::ApiError>&&) {}
}  // namespace siahub::detail
