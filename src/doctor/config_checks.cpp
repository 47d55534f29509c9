#include "config/reference.hpp"
#include "doctor/checks.hpp"
#include "http/origin.hpp"

#include <fmt/format.h>
#include <netdb.h>

namespace siahub::doctor {
namespace {

bool is_local(std::string_view host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool resolves(const std::string& host) {
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, nullptr, &found);
    if (failed == 0) ::freeaddrinfo(found);
    return failed == 0;
}

void check_public_url(const config::Server& server, Report& report) {
    constexpr auto check = "config.public_url";
    if (server.public_url.empty()) {
        report.ok(check, "not set: links name the address that each request was sent to");
        return;
    }
    const auto origin = http::parse_origin(server.public_url);
    if (!origin) {
        report.error(check, server.public_url + " is no address of a server",
                     "set public_url to something like https://hub.example.org");
    } else if (!resolves(origin->host)) {
        report.error(
            check,
            fmt::format("{}: this machine cannot resolve {}", server.public_url, origin->host),
            "correct public_url, or the name server: clients are sent to that address");
    } else if (!origin->tls && !is_local(origin->host)) {
        report.warning(check, server.public_url + ": keys and files travel unencrypted",
                       "put a reverse proxy with TLS in front and set public_url to https://…");
    } else {
        report.ok(check, server.public_url);
    }
}

void check_proxies(const config::Server& server, Report& report) {
    constexpr auto check = "config.trusted_proxies";
    for (const auto& network : server.trusted_proxies)
        if (network.text().ends_with("/0")) {
            report.error(check,
                         network.text() + " trusts everybody: any client can claim any address",
                         "set trusted_proxies to the addresses of your reverse proxies");
            return;
        }
    if (server.trusted_proxies.empty() && server.public_url.starts_with("https://"))
        report.warning(check,
                       "public_url is https but no proxy is trusted: limits take all clients for "
                       "one address",
                       "set trusted_proxies to the address that your reverse proxy connects from");
    else
        report.ok(check, fmt::format("{} networks", server.trusted_proxies.size()));
}

}  // namespace

void check_config(const Subject& subject, Report& report) {
    for (const auto& problem : subject.loaded.problems)
        report.error("config.settings", problem,
                     "correct it; `siahub config check` shows what is in effect");
    if (subject.loaded.problems.empty())
        report.ok("config.settings",
                  fmt::format("{} settings given", subject.loaded.origins.size()));
    check_public_url(subject.config().server, report);
    check_proxies(subject.config().server, report);
}

}  // namespace siahub::doctor
