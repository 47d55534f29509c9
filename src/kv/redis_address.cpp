#include "kv/redis_address.hpp"

#include "core/encoding.hpp"

#include <charconv>

#include <fmt/format.h>

namespace siahub::kv {
namespace {

constexpr std::uint32_t kMaxDatabase = 1'000'000;

Failure bad(std::string_view why) {
    return fail(Code::invalid_argument,
                fmt::format("the URL of Redis {}; it looks like redis://host:6379/0 or "
                            "unix:///path/of/socket",
                            why));
}

Result<std::uint32_t> number(std::string_view what, std::string_view text, std::uint32_t max) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > max)
        return bad(fmt::format("has a {} that is no number up to {}", what, max));
    return value;
}

// Takes "user:password@" off the front of `rest`.
Result<void> take_credentials(std::string_view& rest, RedisAddress& address) {
    const auto at = rest.substr(0, rest.find('/')).rfind('@');
    if (at == std::string_view::npos) return {};
    const auto pair = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    const auto colon = pair.find(':');
    if (colon == std::string_view::npos)
        return bad("names a user without a password (for a password alone: redis://:password@…)");
    auto user = percent_decode(pair.substr(0, colon));
    auto password = percent_decode(pair.substr(colon + 1));
    if (!user || !password) return bad("has a broken escape in its user or password");
    if (password->empty()) return bad("has an empty password");
    address.user = *std::move(user);
    address.password = *std::move(password);
    return {};
}

Result<void> take_host(std::string_view host_port, RedisAddress& address) {
    const auto bracket = host_port.starts_with('[') ? host_port.find(']') : 0;
    if (bracket == std::string_view::npos) return bad("has a [ without ]");
    const auto colon = host_port.find(':', bracket);
    auto host = host_port.substr(0, colon);
    if (bracket != 0) {
        if (host.back() != ']') return bad("has something between ] and the port");
        host = host.substr(1, host.size() - 2);
    }
    if (host.empty()) return bad("names no host");
    address.host = host;
    if (colon == std::string_view::npos) return {};
    address.port =
        static_cast<std::uint16_t>(TRY(number("port", host_port.substr(colon + 1), UINT16_MAX)));
    if (address.port == 0) return bad("has port 0");
    return {};
}

Result<RedisAddress> parse_tcp(std::string_view rest) {
    RedisAddress address;
    TRY(take_credentials(rest, address));
    const auto slash = rest.find('/');
    TRY(take_host(rest.substr(0, slash), address));
    if (slash != std::string_view::npos && slash + 1 < rest.size())
        address.database = TRY(number("database", rest.substr(slash + 1), kMaxDatabase));
    return address;
}

Result<RedisAddress> parse_unix(std::string_view rest) {
    RedisAddress address;
    TRY(take_credentials(rest, address));
    const auto question = rest.find('?');
    const auto path = rest.substr(0, question);
    if (!path.starts_with('/')) return bad("names a socket without an absolute path");
    address.socket_path = path;
    if (question == std::string_view::npos) return address;
    auto query = rest.substr(question + 1);
    if (!query.starts_with("db=")) return bad("has a query other than db=N");
    address.database = TRY(number("database", query.substr(3), kMaxDatabase));
    return address;
}

}  // namespace

std::string RedisAddress::shown() const {
    if (host.empty()) return fmt::format("unix://{}?db={}", socket_path, database);
    const bool v6 = host.contains(':');
    return fmt::format("redis://{}{}{}:{}/{}", v6 ? "[" : "", host, v6 ? "]" : "", port, database);
}

Result<RedisAddress> parse_redis_url(std::string_view url) {
    if (url.starts_with("redis://")) return parse_tcp(url.substr(8));
    if (url.starts_with("unix://")) return parse_unix(url.substr(7));
    if (url.starts_with("rediss://"))
        return bad("asks for TLS, which this program does not speak to Redis");
    return bad("starts with neither redis:// nor unix://");
}

}  // namespace siahub::kv
