#include "hf_proxy/addresses.hpp"

#include <algorithm>

namespace siahub::hf_proxy {
namespace {

// The standard ports of http and https count as one, as the schemes do.
bool same_place(const http::Origin& a, const http::Origin& b) {
    const auto is_standard = [](const http::Origin& o) { return o.port == (o.tls ? 443 : 80); };
    return a.host == b.host && (a.port == b.port || (is_standard(a) && is_standard(b)));
}

}  // namespace

Addresses::Addresses(const http::Origin& upstream, std::string_view own)
    : upstream_(upstream), own_(own) {}

std::string Addresses::url(std::string_view url) const {
    const auto split = http::split_url(url);
    if (!split || !same_place(split->origin, upstream_)) return std::string(url);
    std::string moved(own_);
    // Of "http://host" nothing is added; of "http://host?q" the slash would be missing.
    const auto behind =
        url.substr(std::min(url.find_first_of("/?#", url.find("://") + 3), url.size()));
    if (behind.starts_with('?') || behind.starts_with('#')) moved += '/';
    return moved.append(behind);
}

std::string Addresses::link(std::string_view value) const {
    std::string out;
    while (!value.empty()) {
        const auto open = value.find('<');
        const auto close = value.find('>', open == std::string_view::npos ? value.size() : open);
        if (close == std::string_view::npos) break;
        out.append(value.substr(0, open + 1)).append(url(value.substr(open + 1, close - open - 1)));
        value.remove_prefix(close);
    }
    return out.append(value);
}

void Addresses::headers(http::Headers& headers) const {
    http::Headers moved;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto [name, value] = headers[i];
        if (http::equals_ignoring_case(name, "link"))
            moved.add(name, link(value));
        else if (http::equals_ignoring_case(name, "location") ||
                 http::equals_ignoring_case(name, "content-location") ||
                 http::equals_ignoring_case(name, "x-xet-refresh-route"))
            moved.add(name, url(value));
        else
            moved.add(name, value);
    }
    headers = std::move(moved);
}

}  // namespace siahub::hf_proxy
