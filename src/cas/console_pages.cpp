#include "cas/console_pages.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace siahub::cas {
namespace {

constexpr auto kOfTheApi = std::to_array<std::string_view>(
    {"api", "v1", "v2", "internal", "oauth", "health", "ready", "metrics", "assets"});

// What may follow a repository.
constexpr auto kRepoPages = std::to_array<std::string_view>(
    {"tree", "blob", "commits", "commit", "settings", "storage", "edit", "upload", "new", "usage",
     "branches", "discussions", "viewer", "delete"});

// First segments with pages below them.
constexpr auto kSections = std::to_array<std::string_view>(
    {"admin", "device", "settings", "new", "organizations", "invitations", "invite", "status",
     "usage", "storage", "providers", "login", "setup", "register", "reset", "keys", "docs"});

template <std::size_t n>
bool contains(const std::array<std::string_view, n>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        if (end != 0) segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

// "ns", "ns/name", "ns/name/tree/…": what is there is for the console to find out.
bool is_in_catalogue(std::span<const std::string_view> segments) {
    return segments.size() <= 2 || contains(kRepoPages, segments[2]);
}

}  // namespace

Page page_at(std::string_view path) {
    const auto segments = segments_of(path);
    if (segments.empty()) return Page::known;
    const auto first = segments.front();
    if (contains(kOfTheApi, first)) return Page::none;
    if (contains(kSections, first)) return Page::known;
    const bool in_plural = first == "models" || first == "datasets" || first == "spaces";
    const std::span all(segments);
    return is_in_catalogue(in_plural ? all.subspan(1) : all) ? Page::known : Page::unknown;
}

}  // namespace siahub::cas
