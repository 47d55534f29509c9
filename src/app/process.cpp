#include "app/process.hpp"

#include "app/command.hpp"
#include "cas/errors.hpp"

#include <algorithm>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

namespace siahub::app {

namespace {

// Browsers ask before they send keys or ranges to another origin.
http::Response preflight_answer() {
    http::Response response;
    response.status = 204;
    response.headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    response.headers.set("Access-Control-Allow-Headers",
                         "Authorization, Content-Type, Accept, Range, If-None-Match, "
                         "X-Xet-Session-Id, X-Request-Id, X-Amzn-Trace-Id");
    response.headers.set("Access-Control-Max-Age", "86400");
    return response;
}

}  // namespace

std::vector<asio::any_io_executor> executors_of(net::IoThreads& io) {
    std::vector<asio::any_io_executor> executors;
    executors.reserve(io.count());
    for (std::size_t i = 0; i < io.count(); ++i)
        executors.emplace_back(io.context(i).get_executor());
    return executors;
}

http::Response hub_fallback(const http::Request& request, unsigned status) {
    if (request.method == http::Method::options && (status == 404 || status == 405))
        return preflight_answer();
    return cas::plain_error_response(status);
}

http::ServerOptions server_options(const config::Server& server) {
    http::ServerOptions options;
    options.host = server.listen.host;
    options.port = server.listen.port;
    options.max_connections = server.max_connections;
    options.public_url = server.public_url;
    if (!server.trusted_proxies.empty())
        options.trusts_proxy = [networks = server.trusted_proxies](std::string_view address) {
            return std::ranges::any_of(
                networks, [address](const auto& network) { return network.contains(address); });
        };
    return options;
}

Result<void> require_shared_keys(const config::Config& config) {
    if (std::filesystem::exists(config.keys)) return {};
    return fail(Code::not_found,
                "There is no key file " + config.keys.string() +
                    "; all processes of a hub have the same one, and `siahub admin signing create "
                    "--signing-keys FILE` makes it");
}

std::size_t io_thread_count(const config::Server& server) {
    if (server.threads != 0) return server.threads;
    return std::max(1U, std::thread::hardware_concurrency());
}

void announce(std::string_view role, const config::Address& bound) {
    fmt::print("{} listens on http://{}\n", role, bound.text());
    std::fflush(stdout);
}

void announce_setup_link(const std::string& url) {
    fmt::print("This hub has no administrator yet. Make the first one at {}\n", url);
    std::fflush(stdout);
}

void announce_metrics(const config::Address& bound) {
    fmt::print("Metrics are at http://{}/metrics\n", bound.text());
    std::fflush(stdout);
}

int refuse(const std::string& why) {
    fmt::print(stderr, "siahub: {}\n", why);
    return kExitFailure;
}

}  // namespace siahub::app
