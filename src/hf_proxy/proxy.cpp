#include "hf_proxy/proxy.hpp"

#include "core/encoding.hpp"
#include "hf_proxy/held_answer.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::hf_proxy {
namespace {

using http::Method;

constexpr std::size_t kMaxToken = 64 * 1024;
constexpr std::size_t kMaxJson = 16 * 1024 * 1024;

http::Response json_response(unsigned status, std::string body) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.body = std::move(body);
    return response;
}

http::Response error_response(unsigned status, std::string_view code, const std::string& message) {
    auto response = json_response(
        status, boost::json::serialize(boost::json::object{{"error", message}, {"code", code}}));
    response.headers.set("X-Error-Code", code);
    response.headers.set("X-Error-Message", message);
    return response;
}

// Errors of the body that the client itself sends, and of what stands behind the proxy.
http::Response failure(const Error& error) {
    switch (error.code) {
        case Code::invalid_argument:
            return error_response(400, "BadRequest", error.message);
        case Code::not_found:
            return error_response(404, "NotFound", error.message);
        case Code::timeout:
            return error_response(504, "GatewayTimeout", "hf-proxy: " + error.message);
        default:
            return error_response(502, "BadGateway", "hf-proxy: " + error.message);
    }
}

bool is_success(unsigned status) {
    return status >= 200 && status < 300;
}

bool reads_the_answer(Kind kind) {
    return kind != Kind::other && kind != Kind::resolve;
}

// The name in "revision/folder/name", decoded where that makes sense.
std::string file_name_of(std::string_view rest) {
    const auto name = rest.substr(rest.rfind('/') + 1);
    auto decoded = percent_decode(name);
    return decoded ? *std::move(decoded) : std::string(name);
}

// A small body is read to its end, so that the connection can be used again.
Task<void> finish_reading(http::ClientResponse& answer) {
    constexpr std::uint64_t worth_reading = 64 * 1024;
    if (answer.content_length.value_or(UINT64_MAX) > worth_reading) co_return;
    std::ignore = co_await answer.body->read_all(worth_reading);
}

}  // namespace

void Proxy::add_routes(http::Router& router) {
    for (const auto method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                              Method::del, Method::options})
        router.add(method, "/{rest*}", [this](http::Request& request) { return handle(request); });
}

Task<http::Response> Proxy::handle(http::Request& request) {
    const auto target = classify(request.method, request.path);
    auto response = co_await answer(request, target);
    if (response) co_return *std::move(response);
    log_.warn("proxy.failed", {{"request_id", request.request_id},
                               {"path", request.path},
                               {"cause", response.error().message}});
    co_return failure(response.error());
}

Proxy::Answer Proxy::answer(http::Request& request, const Target& target) {
    auto answered = CO_TRY(co_await ask_upstream(request, target));
    const bool success = is_success(answered.status);
    switch (target.kind) {
        case Kind::write_token:
            if (success)
                co_return co_await token_answer(request, target, "write", std::move(answered));
            break;
        case Kind::own_read_token:
            if (success)
                co_return co_await token_answer(request, target, "read", std::move(answered));
            break;
        case Kind::lfs_batch:
            if (success) co_return co_await batch_answer(request, target, std::move(answered));
            break;
        case Kind::resolve:
            co_return co_await resolve_answer(request, target, std::move(answered));
        case Kind::named_address:
            co_return co_await named_answer(request, std::move(answered));
        case Kind::read_token:
        case Kind::other:
            break;
    }
    co_return pass_on(request, std::move(answered));
}

Task<Result<http::ClientResponse>> Proxy::ask_upstream(http::Request& request,
                                                       const Target& target) {
    http::ClientRequest out;
    out.method = http::method_name(request.method);
    out.origin = upstream_;
    out.target = target.kind == Kind::own_read_token
                     ? fmt::format("/api/{}/xet-read-token/{}", target.repo.path(), target.rest)
                     : std::string(request.path);
    if (!request.query.empty()) out.target.append("?").append(request.query);
    out.headers = *request.headers;
    http::remove_hop_by_hop(out.headers);
    out.headers.remove("Host");
    out.headers.remove("Expect");
    if (reads_the_answer(target.kind)) out.headers.set("Accept-Encoding", "identity");
    if (auto body = http::lend_body(request))
        out.body = *std::move(body);
    else
        out.announce_empty_body = request.headers->find("content-length").has_value();
    auto answer = co_await client_.send(std::move(out));
    if (!answer) {
        auto error = std::move(answer).error();
        error.message = "the upstream " + upstream_.url() + ": " + error.message;
        co_return std::unexpected(std::move(error));
    }
    co_return answer;
}

http::Response Proxy::pass_on(http::Request& request, http::ClientResponse answer) const {
    auto response = http::relay_response(std::move(answer), request.method);
    Addresses(upstream_, request.base_url).headers(response.headers);
    return response;
}

// The upstream's grant says until when; SiaHub's token takes its place.
Proxy::Answer Proxy::token_answer(http::Request& request, const Target& target,
                                  std::string_view scope, http::ClientResponse granted) {
    const auto body = CO_TRY(co_await granted.body->read_all(kMaxToken));
    const auto expires = CO_TRY(token_expiry(body));
    const auto token = CO_TRY(co_await cas_.token(target.repo, scope, expires));
    auto response = pass_on(request, std::move(granted));
    response.body = render_token(token, cas_.url());
    response.headers.set("X-Xet-Cas-Url", cas_.url());
    response.headers.set("X-Xet-Access-Token", token.text);
    response.headers.set("X-Xet-Token-Expiration", std::to_string(token.expires));
    response.headers.set("Cache-Control", "no-store");
    co_return response;
}

Proxy::Answer Proxy::batch_answer(http::Request& request, const Target& target,
                                  http::ClientResponse answered) {
    auto batch = CO_TRY(LfsBatch::parse(CO_TRY(co_await answered.body->read_all(kMaxJson))));
    if (const auto expires = batch.xet_grant())
        batch.point_uploads_to(CO_TRY(co_await cas_.token(target.repo, "write", *expires)),
                               cas_.url());
    CO_TRY(co_await fill_downloads(target, batch));
    batch.move_links(Addresses(upstream_, request.base_url));
    auto response = pass_on(request, std::move(answered));
    response.body = batch.render();
    co_return response;
}

Task<Result<void>> Proxy::fill_downloads(const Target& target, LfsBatch& batch) {
    std::vector<WantedFile> wanted;
    for (auto& sha256 : batch.missing())
        wanted.push_back({std::move(sha256), "", ""});
    if (wanted.empty()) co_return Result<void>{};
    for (const auto& held : CO_TRY(co_await cas_.files(target.repo, std::move(wanted))))
        batch.add_download(held.sha256, held.url);
    co_return Result<void>{};
}

Proxy::Answer Proxy::resolve_answer(http::Request& request, const Target& target,
                                    http::ClientResponse resolved) {
    const auto held = co_await held_file(request, target, resolved);
    if (!held)  // what lies with the upstream can still be had
        log_.warn("proxy.cas_failed",
                  {{"request_id", request.request_id}, {"cause", held.error().message}});
    if (!held || !*held) co_return pass_on(request, std::move(resolved));
    co_await finish_reading(resolved);
    const HeldAnswer answer{target, **held, resolved.headers, request.base_url, cas_.url()};
    const bool by_xet =
        request.method == Method::head || request.header("Accept").contains(kXetFileInfo);
    co_return by_xet ? xet_answer(answer, request.method) : redirect_answer(answer);
}

Task<Result<std::optional<HeldFile>>> Proxy::held_file(const http::Request& request,
                                                       const Target& target,
                                                       const http::ClientResponse& resolved) {
    const auto sha256 = linked_sha256(resolved.status, resolved.headers);
    if (!sha256) co_return std::nullopt;
    const auto known = CO_TRY(co_await cas_.has(target.repo, *sha256));
    if (!known || request.method == Method::head) co_return known;
    std::vector<WantedFile> wanted(1);
    wanted.front() = {*sha256, file_name_of(target.rest), "application/octet-stream"};
    auto files = CO_TRY(co_await cas_.files(target.repo, std::move(wanted)));
    if (files.empty()) co_return std::nullopt;
    co_return std::move(files.front());
}

Proxy::Answer Proxy::named_answer(http::Request& request, http::ClientResponse answered) {
    if (!answered.header("content-type").starts_with("application/json"))
        co_return pass_on(request, std::move(answered));
    auto body = CO_TRY(co_await answered.body->read_all(kMaxJson));
    auto response = pass_on(request, std::move(answered));
    response.body = move_named_addresses(std::move(body), Addresses(upstream_, request.base_url));
    co_return response;
}

}  // namespace siahub::hf_proxy
