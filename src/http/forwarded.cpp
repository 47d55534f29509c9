#include "http/forwarded.hpp"

#include <algorithm>

namespace siahub::http {
namespace {

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t'))
        text.remove_suffix(1);
    return text;
}

// Takes the last element off a list; false when there is none.
bool pop_back(std::string_view& list, std::string_view& element) {
    if (list.empty()) return false;
    const auto comma = list.rfind(',');
    element = trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
    return true;
}

std::string_view last_of(std::string_view list) {
    std::string_view element;
    pop_back(list, element);
    return element;
}

bool is_host(std::string_view text) {
    constexpr std::string_view allowed = ".-_:[]";
    return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [=](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               allowed.contains(c);
    });
}

}  // namespace

std::string_view forwarded_client(std::string_view peer, const Headers& headers,
                                  const TrustsProxy& trusts) {
    auto list = headers.find("X-Forwarded-For").value_or("");
    auto client = peer;
    std::string_view before;
    while (trusts(client) && pop_back(list, before)) {
        if (before.empty()) break;
        client = before;
    }
    return client;
}

std::string forwarded_base_url(std::string_view host, const Headers& headers) {
    const auto scheme = last_of(headers.find("X-Forwarded-Proto").value_or(""));
    const auto named = last_of(headers.find("X-Forwarded-Host").value_or(""));
    std::string url = scheme == "https" ? "https://" : "http://";
    return url.append(is_host(named) ? named : host);
}

}  // namespace siahub::http
