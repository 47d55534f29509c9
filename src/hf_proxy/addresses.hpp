#pragma once
// Puts the proxy's address where an answer names the upstream's: clients would otherwise go around
// the proxy, or could not go at all. Only whole addresses of the upstream itself change, http and
// https alike: a hub behind a TLS terminator often does not know which it is. Pure.

#include "http/message.hpp"
#include "http/origin.hpp"

#include <string>
#include <string_view>

namespace siahub::hf_proxy {

class Addresses {
  public:
    // `own`: the proxy as this client addressed it, "http://host:port".
    Addresses(const http::Origin& upstream, std::string_view own);

    // A single URL.
    [[nodiscard]] std::string url(std::string_view url) const;
    // Every URL between angle brackets: a Link header.
    [[nodiscard]] std::string link(std::string_view value) const;
    // Location, Content-Location, Link, X-Xet-Refresh-Route.
    void headers(http::Headers& headers) const;

  private:
    const http::Origin& upstream_;
    std::string_view own_;
};

}  // namespace siahub::hf_proxy
