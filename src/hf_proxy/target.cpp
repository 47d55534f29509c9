#include "hf_proxy/target.hpp"

#include <algorithm>
#include <optional>

namespace siahub::hf_proxy {
namespace {

using http::Method;

bool is_name(std::string_view part) {
    return !part.empty() && part != "." && part != ".." && std::ranges::all_of(part, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_' || c == '.';
    });
}

std::string_view take_part(std::string_view& rest) {
    const auto part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
}

bool take_prefix(std::string_view& rest, std::string_view prefix) {
    if (!rest.starts_with(prefix)) return false;
    rest.remove_prefix(prefix.size());
    return true;
}

bool is_plural(std::string_view word) {
    return word == "models" || word == "datasets" || word == "spaces";
}

std::optional<RepoName> take_name(std::string_view& rest, std::string_view plural) {
    const auto ns = take_part(rest);
    const auto name = take_part(rest);
    if (!is_name(ns) || !is_name(name)) return std::nullopt;
    return RepoName{std::string(plural), std::string(ns), std::string(name)};
}

Target token_target(Kind kind, RepoName repo, std::string_view revision) {
    if (revision.empty()) return {};
    return {kind, std::move(repo), revision};
}

// After "/api/".
Target api_target(Method method, std::string_view rest) {
    if (method == Method::post && (rest == "repos/create" || rest == "repos/move"))
        return {Kind::named_address, {}, {}};
    const auto plural = take_part(rest);
    if (!is_plural(plural)) return {};
    auto repo = take_name(rest, plural);
    if (!repo) return {};
    const auto action = take_part(rest);
    if (method == Method::get && action == "xet-read-token")
        return token_target(Kind::read_token, *std::move(repo), rest);
    if (method == Method::get && action == "xet-write-token")
        return token_target(Kind::write_token, *std::move(repo), rest);
    if (method == Method::post && action == "commit")
        return {Kind::named_address, *std::move(repo), rest};
    return {};
}

// "ns/name/…", "datasets/ns/name/…", "spaces/ns/name/…"
Target page_target(Method method, std::string_view rest) {
    std::string_view plural = "models";
    if (take_prefix(rest, "datasets/"))
        plural = "datasets";
    else if (take_prefix(rest, "spaces/"))
        plural = "spaces";
    auto repo = take_name(rest, plural);
    if (!repo) return {};
    if (method == Method::post && rest == "info/lfs/objects/batch") {
        if (repo->name.ends_with(".git")) repo->name.resize(repo->name.size() - 4);
        return {Kind::lfs_batch, *std::move(repo), {}};
    }
    const bool reads = method == Method::get || method == Method::head;
    if (reads && take_prefix(rest, "resolve/") && rest.contains('/'))
        return {Kind::resolve, *std::move(repo), rest};
    return {};
}

}  // namespace

Target classify(Method method, std::string_view path) {
    if (take_prefix(path, kOwnReadTokens)) {
        const auto plural = take_part(path);
        if (method != Method::get || !is_plural(plural)) return {};
        auto repo = take_name(path, plural);
        if (!repo) return {};
        return token_target(Kind::own_read_token, *std::move(repo), path);
    }
    if (take_prefix(path, "/api/")) return api_target(method, path);
    if (take_prefix(path, "/")) return page_target(method, path);
    return {};
}

}  // namespace siahub::hf_proxy
