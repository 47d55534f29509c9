#include "cas/other_node.hpp"

#include "http/client.hpp"
#include "http/relay.hpp"
#include "store/store.hpp"

namespace siahub::cas {

bool is_here(const Services& services, std::string_view node) {
    return services.peers == nullptr || node == services.store.nodes.own();
}

namespace {

// A node that reads more slowly from its disk than this is as good as silent.
constexpr std::uint64_t kBytesPerMs = 16 * 1024;
constexpr std::chrono::seconds kPatience{20};

}  // namespace

Answer pass_on_to(const Services& services, std::string_view node, http::Request& request,
                  std::uint64_t work) {
    const auto url = CO_TRY(co_await services.store.nodes.url_of(node));
    if (!url)
        co_return fail(Code::not_found,
                       "The process that holds the beginning of this upload is gone; start again");
    http::ClientRequest out;
    out.method = http::method_name(request.method);
    out.origin = CO_TRY(http::parse_origin(*url));
    out.target = request.path;
    if (!request.query.empty()) out.target.append("?").append(request.query);
    out.headers = *request.headers;
    http::remove_hop_by_hop(out.headers);
    out.headers.remove("Host");
    out.headers.remove("Expect");
    out.headers.set("X-Request-Id", request.request_id);
    if (auto body = http::lend_body(request)) out.body = *std::move(body);
    out.head_timeout = kPatience + std::chrono::milliseconds(work / kBytesPerMs);
    auto answer = co_await services.peers->send(std::move(out));
    if (!answer) {
        services.log.warn(
            "node.unreachable",
            {{"request_id", request.request_id}, {"url", *url}, {"cause", answer.error().message}});
        co_return fail(Code::unavailable,
                       "The process that holds the beginning of this upload does not answer");
    }
    auto response = http::relay_response(*std::move(answer), request.method);
    response.headers.remove("X-Request-Id");
    co_return response;
}

}  // namespace siahub::cas
