#include "hub/names.hpp"

#include "core/encoding.hpp"
#include "hub/access.hpp"

#include <algorithm>
#include <array>

namespace siahub::hub {
namespace {

// First path segments with a meaning of their own: an account of this name could not be addressed.
constexpr auto kReservedAccounts = std::to_array<std::string_view>(
    {"api",         "models",      "datasets", "spaces",  "kernels",  "buckets", "v1",
     "v2",          "admin",       "settings", "oauth",   "login",    "health",  "ready",
     "join",        "collections", "assets",   "setup",   "register", "reset",   "usage",
     "storage",     "providers",   "status",   "new",     "keys",     "docs",    "organizations",
     "invitations", "invite",      "internal", "metrics", "device"});

// Words that mark the end of a repository id in a URL.
constexpr std::array<std::string_view, 12> kReservedRepos = {
    "resolve", "raw",    "tree",   "blob", "revision",  "refs",
    "commits", "commit", "branch", "tag",  "preupload", "settings"};

Failure bad_name(std::string_view what, std::string_view name, std::string_view why) {
    std::string shown(name.substr(0, kMaxNameLength));
    if (!is_valid_utf8(shown)) shown = percent_encode(shown);
    std::string message = "Invalid ";
    message.append(what).append(" name \"").append(shown).append("\": ").append(why);
    return fail(Code::invalid_argument, std::move(message));
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

Result<void> check_addressable(std::string_view what, std::string_view name) {
    if (name.empty()) return bad_name(what, name, "it is empty");
    if (name.size() > kMaxNameLength) return bad_name(what, name, "at most 96 characters");
    if (name == "." || name == "..") return bad_name(what, name, "it is a relative path");
    if (!is_valid_utf8(name)) return bad_name(what, name, "it is not UTF-8");
    if (name.contains('/') || name.contains('\\')) return bad_name(what, name, "no slashes");
    if (std::ranges::any_of(name, is_control)) return bad_name(what, name, "no control characters");
    // Names stand in the author line of git commits.
    if (name.contains('<') || name.contains('>')) return bad_name(what, name, "no '<' and no '>'");
    return {};
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

Result<void> check_public(std::string_view what, std::string_view name) {
    if (!std::ranges::all_of(name, is_word))
        return bad_name(what, name, "only letters, digits, '-', '_' and '.'");
    const auto is_mark = [](char c) { return c == '-' || c == '.'; };
    if (is_mark(name.front()) || is_mark(name.back()))
        return bad_name(what, name, "it may not start or end with '-' or '.'");
    if (name.contains("--") || name.contains(".."))
        return bad_name(what, name, "no \"--\" and no \"..\"");
    if (name_key(name).ends_with(".git")) return bad_name(what, name, "it may not end in \".git\"");
    return {};
}

}  // namespace

std::string name_key(std::string_view name) {
    std::string key(name);
    std::ranges::transform(key, key.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return key;
}

std::string full_key(std::string_view ns, std::string_view name) {
    std::string joined(ns);
    joined.append("/").append(name);
    return name_key(joined);
}

Result<void> check_account_name(std::string_view name, Naming naming) {
    constexpr std::string_view kWhat = "account";
    TRY(check_addressable(kWhat, name));
    if (std::ranges::find(kReservedAccounts, name_key(name)) != kReservedAccounts.end())
        return bad_name(kWhat, name, "it is reserved for addresses of the hub");
    if (naming == Naming::any) return {};
    return check_public(kWhat, name);
}

Result<void> check_repo_name(std::string_view ns, std::string_view name, Naming naming) {
    constexpr std::string_view kWhat = "repository";
    TRY(check_addressable(kWhat, name));
    if (std::ranges::find(kReservedRepos, name_key(name)) != kReservedRepos.end())
        return bad_name(kWhat, name, "it is reserved for addresses of the hub");
    if (naming == Naming::any) return {};
    TRY(check_public(kWhat, name));
    if (ns.size() + 1 + name.size() > kMaxNameLength)
        return bad_name(kWhat, name, "at most 96 characters with its namespace");
    return {};
}

Result<RepoId> parse_repo_id(std::string_view id) {
    const auto slash = id.find('/');
    if (slash == std::string_view::npos) return std::unexpected(repo_not_found());
    const auto ns = id.substr(0, slash);
    const auto name = id.substr(slash + 1);
    if (ns.empty() || name.empty() || name.contains('/')) return std::unexpected(repo_not_found());
    return RepoId{std::string(ns), std::string(name)};
}

}  // namespace siahub::hub
