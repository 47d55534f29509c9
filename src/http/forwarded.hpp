#pragma once
// Where a request really comes from and which address the client used, when reverse proxies stand
// in between: X-Forwarded-For, -Proto and -Host, believed only from proxies that are trusted. Pure.

#include "http/message.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace siahub::http {

using TrustsProxy = std::function<bool(std::string_view address)>;

// The last address in X-Forwarded-For that is not a trusted proxy's: what stands before it was said
// by somebody who is not trusted. `peer` when it is not trusted itself or nothing is said.
std::string_view forwarded_client(std::string_view peer, const Headers& headers,
                                  const TrustsProxy& trusts);
// "https://hub.example.org": the nearest proxy's word on scheme and host, else `host` over http. A
// word that could not stand in a URL counts for nothing.
std::string forwarded_base_url(std::string_view host, const Headers& headers);

}  // namespace siahub::http
