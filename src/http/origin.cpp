#include "http/origin.hpp"

#include "http/message.hpp"

#include <algorithm>
#include <charconv>

namespace siahub::http {
namespace {

constexpr std::uint16_t standard_port(bool tls) {
    return tls ? 443 : 80;
}

Failure unusable(std::string_view url) {
    return fail(Code::invalid_argument,
                "\"" + std::string(url) + "\" is not an http:// or https:// URL");
}

bool is_host_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' ||
           c == ':';
}

bool read_port(std::string_view text, std::uint16_t& port) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port != 0;
}

// "host", "host:port", "[v6]", "[v6]:port"
bool read_authority(std::string_view text, Origin& origin) {
    std::string_view host = text;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return false;
        host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
        if (!rest.empty() && !rest.starts_with(':')) return false;
    } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        host = text.substr(0, colon);
        rest = text.substr(colon);
    }
    if (!rest.empty() && !read_port(rest.substr(1), origin.port)) return false;
    origin.host = host;
    std::ranges::transform(origin.host, origin.host.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
    const bool bracketed = text.starts_with('[');
    return !host.empty() && host.size() < 256 && std::ranges::all_of(origin.host, is_host_char) &&
           (bracketed || !host.contains(':'));
}

}  // namespace

std::string Origin::authority() const {
    auto text = host.contains(':') ? "[" + host + "]" : host;
    if (port != standard_port(tls)) text += ":" + std::to_string(port);
    return text;
}

std::string Origin::url() const {
    return (tls ? "https://" : "http://") + authority();
}

Result<SplitUrl> split_url(std::string_view url) {
    SplitUrl split;
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return unusable(url);
    const auto scheme = url.substr(0, scheme_end);
    split.origin.tls = equals_ignoring_case(scheme, "https");
    if (!split.origin.tls && !equals_ignoring_case(scheme, "http")) return unusable(url);
    split.origin.port = standard_port(split.origin.tls);
    const auto rest = url.substr(scheme_end + 3);
    const auto end = std::min(rest.find_first_of("/?#"), rest.size());
    if (!read_authority(rest.substr(0, end), split.origin)) return unusable(url);
    split.target = end == rest.size() ? std::string_view("/") : rest.substr(end);
    return split;
}

Result<Origin> parse_origin(std::string_view url) {
    auto split = TRY(split_url(url));
    if (split.target != "/")
        return fail(Code::invalid_argument,
                    "\"" + std::string(url) + "\": nothing may follow the host and its port");
    return std::move(split.origin);
}

}  // namespace siahub::http
