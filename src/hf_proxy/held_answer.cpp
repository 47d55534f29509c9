#include "hf_proxy/held_answer.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::hf_proxy {
namespace {

constexpr std::array<std::string_view, 14> kReplaced = {"Location",
                                                        "Link",
                                                        "ETag",
                                                        "Content-Type",
                                                        "Content-Length",
                                                        "Content-Range",
                                                        "X-Xet-Hash",
                                                        "X-Xet-Cas-Url",
                                                        "X-Xet-Access-Token",
                                                        "X-Xet-Token-Expiration",
                                                        "X-Xet-Refresh-Route",
                                                        "X-Error-Code",
                                                        "X-Error-Message",
                                                        "Content-Encoding"};

std::string refresh_url(const HeldAnswer& answer) {
    // A commit stays what it is; a branch may move between this answer and the token.
    auto revision = answer.upstream.find("x-repo-commit").value_or("");
    if (revision.empty()) revision = answer.target.rest.substr(0, answer.target.rest.find('/'));
    return fmt::format("{}{}{}/{}", answer.own_url, kOwnReadTokens, answer.target.repo.path(),
                       revision);
}

std::string reconstruction_url(const HeldAnswer& answer) {
    return fmt::format("{}/v1/reconstructions/{}", answer.cas_url, answer.file.xet_hash);
}

http::Response described(const HeldAnswer& answer) {
    http::Response response;
    response.headers = answer.upstream;
    http::remove_hop_by_hop(response.headers);
    for (const auto name : kReplaced)
        response.headers.remove(name);
    response.headers.set("ETag", fmt::format("\"{}\"", answer.file.sha256));
    response.headers.set("X-Linked-Size", std::to_string(answer.file.size));
    response.headers.set("Accept-Ranges", "bytes");
    response.headers.add("X-Xet-Hash", answer.file.xet_hash);
    response.headers.add("Link", fmt::format("<{}>; rel=\"xet-auth\", <{}>; "
                                             "rel=\"xet-reconstruction-info\"",
                                             refresh_url(answer), reconstruction_url(answer)));
    return response;
}

}  // namespace

std::optional<std::string> linked_sha256(unsigned status, const http::Headers& headers) {
    // 404 is how a hub answers for a file whose bytes it does not hold; without the right to read
    // it would not name the file's hash.
    const bool readable = (status >= 200 && status < 400 && status != 304) || status == 404;
    auto tag = headers.find("x-linked-etag").value_or("");
    if (tag.starts_with('"') && tag.ends_with('"') && tag.size() > 2)
        tag = tag.substr(1, tag.size() - 2);
    const bool hex = std::ranges::all_of(
        tag, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (!readable || tag.size() != 64 || !hex) return std::nullopt;
    return std::string(tag);
}

http::Response xet_answer(const HeldAnswer& answer, http::Method method) {
    auto response = described(answer);
    if (method == http::Method::head) {
        response.headers.set("Content-Type", "application/octet-stream");
        response.announced_length = answer.file.size;
        return response;
    }
    response.headers.set("Content-Type", kXetFileInfo);
    response.body = boost::json::serialize(
        boost::json::object{{"hash", answer.file.xet_hash},
                            {"size", answer.file.size},
                            {"etag", answer.file.sha256},
                            {"refreshUrl", refresh_url(answer)},
                            {"reconstructionUrl", reconstruction_url(answer)}});
    return response;
}

http::Response redirect_answer(const HeldAnswer& answer) {
    auto response = described(answer);
    response.status = 302;
    response.headers.set("Location", answer.file.url);
    return response;
}

}  // namespace siahub::hf_proxy
