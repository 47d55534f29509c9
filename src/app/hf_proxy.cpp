#include "app/hf_proxy.hpp"

#include "app/configure.hpp"
#include "app/dependencies.hpp"
#include "app/process.hpp"
#include "app/role_server.hpp"
#include "hf_proxy/proxy.hpp"
#include "net/io_threads.hpp"

#include <boost/json.hpp>

namespace siahub::app {
namespace {

// A hub may think long about a large commit.
constexpr std::chrono::minutes kSlowestAnswer{5};

struct Setup {
    http::Origin upstream;
    http::Origin cas;
    auth::LiveKeyRing keys;
};

Result<Setup> set_up(const config::Config& config) {
    // Made here it would be another hub's: whoever asks would be refused.
    if (!std::filesystem::exists(config.keys))
        return fail(Code::not_found, "There is no key file " + config.keys.string() +
                                         "; it is the one of the SiaHub at " + config.proxy.cas);
    return Setup{TRY(http::parse_origin(config.proxy.upstream)),
                 TRY(http::parse_origin(config.proxy.cas)),
                 TRY(auth::LiveKeyRing::open(config.keys))};
}

http::ClientOptions client_options(const config::Config& config) {
    http::ClientOptions options;
    options.extra_ca = config.proxy.upstream_ca;
    // Whoever was let in is not made to wait behind others' downloads.
    options.max_requests_per_host = config.server.max_connections;
    options.head_timeout = kSlowestAnswer;
    return options;
}

http::Response fallback(const http::Request&, unsigned status) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.body = boost::json::serialize(
        boost::json::object{{"error", "hf-proxy cannot pass this request on"}});
    return response;
}

// The upstream's id is the one its operator can look for.
void add_request_id(const http::Request& request, http::Response& response) {
    if (!response.headers.find("X-Request-Id"))
        response.headers.set("X-Request-Id", request.request_id);
}

int run(const config::Config& config, const Setup& setup) {
    const Log log(config.log.level, config.log.format);
    const SystemClock clock;
    net::IoThreads io(io_thread_count(config.server));
    io.start();
    const auto client = http::Client::open(io, client_options(config));
    if (!client) return refuse(client.error().message);
    hf_proxy::CasClient cas(**client, setup.cas, setup.upstream, setup.keys, clock);
    hf_proxy::Proxy proxy(**client, cas, setup.upstream, log);
    RoleServer server(config, log, io, "hf-proxy");
    const auto home = io.context(0).get_executor();
    server.readiness().add("upstream", http::Readiness::Need::required,
                           origin_check(**client, setup.upstream, home));
    server.readiness().add("siahub", http::Readiness::Need::optional,
                           origin_check(**client, setup.cas, home));
    proxy.add_routes(server.router());
    if (const auto started = server.start("SiaHub's hf-proxy", fallback, add_request_id); !started)
        return refuse(started.error().message);
    server.run_until_signal();
    return 0;
}

int start(const CommandSpec& spec, const Arguments& arguments) {
    const auto config = configure(arguments, config::kHfProxy);
    if (!config) return usage_failure(spec, config.error().message);
    auto setup = set_up(*config);
    if (!setup) return refuse(setup.error().message);
    return run(*config, *setup);
}

}  // namespace

Command hf_proxy_command() {
    return {{.name = "hf-proxy",
             .arguments = {},
             .summary = "Stands in front of another hub; large files go to SiaHub instead",
             .flags = with_settings({}, config::kHfProxy)},
            start};
}

}  // namespace siahub::app
