#include "sia/indexd/endpoint.hpp"

#include "sia/indexd/json_reader.hpp"

namespace siahub::sia::indexd {
namespace {

constexpr std::size_t kMaxErrorText = std::size_t{64} << 10;

}  // namespace

Result<Endpoint> Endpoint::parse(http::Client& client, std::string_view url) {
    auto split = TRY(http::split_url(url));
    std::string base(split.target);
    if (base.find_first_of("?#") != std::string::npos)
        return fail(Code::invalid_argument, "The address of indexd has no query and no fragment.");
    base.erase(base.find_last_not_of('/') + 1);
    return Endpoint(client, std::move(split.origin), std::move(base));
}

Task<ApiResult<std::string>> Endpoint::send(Call call) const {
    http::ClientRequest request;
    request.method = call.method;
    request.origin = origin_;
    request.target = base_ + call.path + (call.query.empty() ? "" : "?" + call.query);
    request.headers.add("Accept", "application/json");
    if (!call.authorization.empty()) request.headers.add("Authorization", call.authorization);
    if (!call.body.empty()) request.headers.add("Content-Type", "application/json");
    request.body = std::move(call.body);
    request.announce_empty_body = call.method == "POST" || call.method == "PUT";
    auto answer = co_await client_->send(std::move(request));
    if (!answer)
        co_return std::unexpected(ApiError(
            Error{answer.error().code,
                  "indexd at " + origin_.url() + " does not answer: " + answer.error().message}));
    const bool failed = answer->status >= 300;
    auto text = co_await answer->body->read_all(failed ? kMaxErrorText : call.max_answer);
    if (failed)
        co_return std::unexpected(
            api_error(answer->status, text.value_or(""), call.method + " " + call.path));
    if (!text) co_return std::unexpected(ApiError(std::move(text.error())));
    co_return std::move(*text);
}

Task<ApiResult<boost::json::value>> Endpoint::json(Call call) const {
    const auto text = CO_TRY(co_await send(std::move(call)));
    if (text.empty()) co_return boost::json::value{};
    co_return CO_TRY(parse_json(text));
}

}  // namespace siahub::sia::indexd
