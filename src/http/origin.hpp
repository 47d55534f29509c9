#pragma once
// Where requests go: scheme, host and port. Pure.

#include "core/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace siahub::http {

struct Origin {
    bool tls = false;
    std::string host;  // lower case; an IPv6 address without brackets
    std::uint16_t port = 80;

    // As in a Host header: the port only where it is not the scheme's own.
    [[nodiscard]] std::string authority() const;
    [[nodiscard]] std::string url() const;  // "https://host", no trailing slash
    friend auto operator<=>(const Origin&, const Origin&) = default;
};

// An absolute URL cut in two: "https://host:8443" and "/path?query" ("/" when there is none; a
// fragment stays in). Errors: invalid_argument.
struct SplitUrl {
    Origin origin;
    std::string_view target;
};
Result<SplitUrl> split_url(std::string_view url);

// A URL with nothing behind the host but perhaps a slash.
Result<Origin> parse_origin(std::string_view url);

}  // namespace siahub::http
