#include "cas/errors.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace {

struct Rendering {
    unsigned status;
    std::string_view error_code;  // X-Error-Code; empty: none
};

Rendering rendering_of(Code code, bool anonymous) {
    switch (code) {
        case Code::invalid_argument:
            return {400, ""};
        case Code::unauthorized:
        case Code::invalid_credentials:
            return {401, ""};
        case Code::forbidden:
            return {403, ""};
        case Code::gated:
            return {anonymous ? 401U : 403U, "GatedRepo"};
        case Code::link_expired:
            return {403, ""};
        case Code::not_found:
            return {404, ""};
        case Code::repo_not_found:
            return {anonymous ? 401U : 404U, "RepoNotFound"};
        case Code::revision_not_found:
            return {404, "RevisionNotFound"};
        case Code::entry_not_found:
            return {404, "EntryNotFound"};
        case Code::timeout:
            return {408, ""};
        case Code::conflict:
            return {409, ""};
        case Code::precondition_failed:
            return {412, ""};
        case Code::payload_too_large:
            return {413, ""};
        case Code::range_not_satisfiable:
            return {416, ""};
        case Code::unprocessable:
            return {422, ""};
        case Code::too_many_requests:
            return {429, ""};
        case Code::not_implemented:
            return {501, ""};
        case Code::unavailable:
            return {503, ""};
        case Code::internal:
        case Code::connection_closed:
            return {500, ""};
    }
    return {500, ""};
}

std::string_view standard_phrase(unsigned status) {
    switch (status) {
        case 400:
            return "The request is malformed";
        case 404:
            return "There is nothing at this address. This hub keeps models, datasets and spaces; "
                   "it has no buckets, collections, jobs, papers or webhooks";
        case 405:
            return "This address does not take this method";
        case 408:
            return "The request took too long to arrive";
        case 413:
            return "The request body is too large";
        case 431:
            return "The request head is too large";
        case 503:
            return "The server is at its connection limit; try again";
        default:
            return "The server failed to answer this request";
    }
}

http::Response render(unsigned status, std::string_view error_code, std::string_view message) {
    http::Response response;
    response.status = status;
    if (!error_code.empty()) response.headers.set("X-Error-Code", error_code);
    response.headers.set("X-Error-Message", message);
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.body = boost::json::serialize(boost::json::object{{"error", message}});
    return response;
}

}  // namespace

http::Response error_response(const Error& error, bool anonymous) {
    const auto [status, error_code] = rendering_of(error.code, anonymous);
    // The cause of an internal error is for the log, not for strangers.
    const std::string_view message =
        error.code == Code::internal ? standard_phrase(500) : std::string_view(error.message);
    auto response = render(status, error_code, message);
    if (error.code == Code::unavailable || error.code == Code::too_many_requests)
        response.headers.set("Retry-After", "1");
    if (status == 401) response.headers.set("WWW-Authenticate", "Bearer realm=\"SiaHub\"");
    return response;
}

http::Response plain_error_response(unsigned status) {
    return render(status, "", standard_phrase(status));
}

}  // namespace siahub::cas
