#include "doctor/checks.hpp"
#include "http/client.hpp"

#include <cerrno>
#include <cstring>
#include <future>
#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace siahub::doctor {
namespace {

constexpr std::size_t kMaxAnswer = 64UL * 1024;
constexpr std::size_t kShown = 600;

struct Answer {
    unsigned status = 0;
    std::string body;
};

Task<Result<Answer>> get(http::Client& client, http::Origin origin, std::string_view target) {
    http::ClientRequest request;
    request.origin = std::move(origin);
    request.target = target;
    auto response = CO_TRY(co_await client.send(std::move(request)));
    co_return Answer{.status = response.status,
                     .body = CO_TRY(co_await response.body->read_all(kMaxAnswer))};
}

Result<Answer> ask(const http::Origin& origin, std::string_view target) {
    net::IoThreads io(1);
    http::ClientOptions options;
    options.connect_timeout = std::chrono::seconds(2);
    options.head_timeout = std::chrono::seconds(10);
    const auto client = TRY(http::Client::open(io, std::move(options)));
    io.start();
    auto answer =
        asio::co_spawn(io.context(0), get(*client, origin, target), asio::use_future).get();
    return answer;
}

const boost::json::value* member(const boost::json::value& of, std::string_view name) {
    const auto* object = of.if_object();
    return object ? object->if_contains(name) : nullptr;
}

std::string text_of(const boost::json::value& of, std::string_view name) {
    const auto* found = member(of, name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string told_of(std::string_view dependency, const boost::json::value& answer) {
    auto told = fmt::format("{} {}", dependency, text_of(answer, "status"));
    if (const auto* latency = member(answer, "latency_ms"); latency && latency->is_number())
        told += fmt::format(" in {:.1f} ms", latency->to_number<double>());
    if (const auto cause = text_of(answer, "cause"); !cause.empty())
        told += fmt::format(" ({})", cause);
    return told;
}

// What /ready answers, as a sentence; as it came where it is no such answer.
std::string told(const std::string& body) {
    boost::system::error_code broken;
    const auto answer = boost::json::parse(body, broken);
    const auto status = text_of(answer, "status");
    const auto* dependencies = member(answer, "dependencies");
    if (status.empty() || !dependencies || !dependencies->is_object())
        return body.substr(0, kShown);
    std::vector<std::string> parts;
    for (const auto& [name, one] : dependencies->get_object())
        parts.push_back(told_of(name, one));
    return fmt::format("{}{}{}", status, parts.empty() ? "" : ": ", fmt::join(parts, ", "));
}

// 0, or why nobody could listen there.
int try_to_listen(const config::Address& address) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    if (::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found) !=
        0)
        return EADDRNOTAVAIL;
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
    const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return 0;  // nothing is known
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const int error = ::bind(fd, found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
    ::close(fd);
    return error;
}

void judge_silence(const config::Address& listen, Report& report) {
    constexpr auto check = "hub.listen";
    switch (const int error = try_to_listen(listen)) {
        case 0:
            report.ok(check, "no hub runs here; " + listen.text() + " is free");
            return;
        case EACCES:
            report.error(
                check, "this user may not listen on " + listen.text(),
                "listen on a port from 1024, or setcap cap_net_bind_service=+ep on siahub");
            return;
        case EADDRNOTAVAIL:
            report.error(check, "this machine does not have the address of " + listen.text(),
                         "set listen to one that it has, or to 0.0.0.0");
            return;
        case EADDRINUSE:
            report.error(check, listen.text() + " is taken by a program that does not answer HTTP",
                         fmt::format("find it with `ss -ltnp sport = :{}`, or listen elsewhere",
                                     listen.port));
            return;
        default:
            report.error(
                check, fmt::format("{}: {}", listen.text(), std::generic_category().message(error)),
                "set listen to another address");
    }
}

http::Origin origin_of(const config::Address& listen) {
    http::Origin origin{.tls = false, .host = listen.host, .port = listen.port};
    if (origin.host == "0.0.0.0") origin.host = "127.0.0.1";
    if (origin.host == "::") origin.host = "::1";
    return origin;
}

void check_address(std::string check, const std::string& url, std::string_view whose,
                   Report& report) {
    if (url.empty()) return;
    const auto origin = http::parse_origin(url);
    if (!origin) return;  // a setting like that is refused
    const auto answer = ask(*origin, "/health");
    if (answer && answer->status == 200) {
        report.ok(std::move(check), url);
        return;
    }
    const auto why =
        answer ? fmt::format("/health answers {}", answer->status) : answer.error().message;
    report.error(std::move(check), fmt::format("{}: {}", url, why),
                 fmt::format("{}: start what should answer there, or correct the address", whose));
}

}  // namespace

void check_neighbours(const Subject& subject, Report& report) {
    check_address("gateway.url", subject.config().gateway.url,
                  "clients are sent there for the bytes of files", report);
    check_address("cluster.url", subject.config().cluster.url,
                  "other processes fetch bodies of this node there", report);
}

void check_hub(const Subject& subject, Report& report) {
    const auto& listen = subject.config().server.listen;
    if (listen.port == 0) {
        report.ok("hub.listen", "on any free port: the running hub cannot be found from here");
        return;
    }
    const auto answer = ask(origin_of(listen), "/ready");
    if (!answer) {
        judge_silence(listen, report);
        return;
    }
    const auto said = told(answer->body);
    if (!answer->body.starts_with('{') || (answer->status != 200 && answer->status != 503)) {
        report.error(
            "hub.listen", fmt::format("something else than a hub answers on {}", listen.text()),
            fmt::format("find it with `ss -ltnp sport = :{}`, or listen elsewhere", listen.port));
        return;
    }
    report.ok("hub.listen", "a hub runs on " + listen.text());
    if (answer->status == 200)
        report.ok("hub.ready", said);
    else
        report.error("hub.ready", said,
                     "the parts that are not ok are looked at above; then the log");
}

}  // namespace siahub::doctor
