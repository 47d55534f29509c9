#include "http/etag.hpp"

#include <algorithm>

namespace siahub::http {

namespace {

std::string_view opaque(std::string_view tag) {
    return tag.starts_with("W/") ? tag.substr(2) : tag;
}

// Takes one tag off the list; empty at the end and at the first thing that is not a tag.
std::string_view next_tag(std::string_view& list) {
    list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
    const std::size_t open = list.starts_with("W/") ? 2 : 0;
    if (open >= list.size() || list[open] != '"') return {};
    const auto close = list.find('"', open + 1);
    if (close == std::string_view::npos) return {};
    const auto tag = list.substr(0, close + 1);
    list.remove_prefix(close + 1);
    return tag;
}

}  // namespace

bool if_none_match(std::string_view header, std::string_view etag) {
    if (header == "*") return true;
    for (auto tag = next_tag(header); !tag.empty(); tag = next_tag(header))
        if (opaque(tag) == opaque(etag)) return true;
    return false;
}

bool if_range_allows(std::string_view header, std::string_view etag) {
    return header.empty() || (header == etag && !etag.starts_with("W/"));
}

}  // namespace siahub::http
