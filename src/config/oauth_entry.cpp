#include "config/oauth_entry.hpp"

#include "config/fields.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>

#include <fmt/format.h>

namespace siahub::config {
namespace {

constexpr std::size_t kMaxProviders = 32;

Result<std::string> first_line(const std::string& path) {
    std::ifstream in(path);
    std::string line;
    if (!in || !std::getline(in, line))
        return fail(Code::invalid_argument, "names " + path + ", which cannot be read");
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

Result<void> set_url(std::string& into, std::string_view text) {
    while (text.ends_with('/'))
        text.remove_suffix(1);
    if (!text.starts_with("https://") && !text.starts_with("http://"))
        return fail(Code::invalid_argument, "must be a URL");
    into = text;
    return {};
}

Result<void> set_field(OauthProvider& provider, std::string_view field, const std::string& text,
                       bool with_secrets) {
    if (field == "id")
        provider.id = text;
    else if (field == "name")
        provider.name = text;
    else if (field == "kind")
        provider.kind = text;
    else if (field == "issuer")
        return set_url(provider.issuer, text);
    else if (field == "api_url")
        return set_url(provider.api_url, text);
    else if (field == "client_id")
        provider.client_id = text;
    else if (field == "client_secret")
        provider.client_secret = text;
    else if (field == "client_secret_file") {
        if (with_secrets) provider.client_secret = TRY(first_line(text));
    } else if (field == "sign_up")
        return set_bool(provider.sign_up, text);
    else
        return fail(Code::invalid_argument, "is not a setting of a provider");
    return {};
}

bool is_id(std::string_view id) {
    return !id.empty() && id.size() <= 32 && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

Result<void> apply_oauth(Config& config, const FileEntry& entry, bool with_secrets) {
    const auto rest = std::string_view(entry.key).substr(kOauthPrefix.size());
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc() || digits >= rest.size() || rest[digits] != '.')
        return fail(Code::invalid_argument, "is not a setting: providers stand under [[oauth]]");
    if (index >= kMaxProviders) return fail(Code::invalid_argument, "is one provider too many");
    if (config.oauth.size() <= index) config.oauth.resize(index + 1);
    return set_field(config.oauth[index], rest.substr(digits + 1), entry.text, with_secrets);
}

std::vector<std::string> check_oauth(const Config& config, bool with_secrets) {
    std::vector<std::string> problems;
    for (const auto& provider : config.oauth) {
        const auto complain = [&](std::string_view why) {
            problems.push_back(fmt::format("[[oauth]] {}: {}", provider.id, why));
        };
        if (!is_id(provider.id)) complain("id must be of a-z, 0-9 and '-'");
        if (std::ranges::count(config.oauth, provider.id, &OauthProvider::id) > 1)
            complain("there are two of this id");
        if (provider.kind != "oidc" && provider.kind != "github")
            complain("kind must be oidc or github");
        if (provider.issuer.empty() && provider.kind == "oidc") complain("issuer is not set");
        if (provider.kind == "oidc" && !provider.api_url.empty()) complain("api_url is for GitHub");
        if (provider.client_id.empty()) complain("client_id is not set");
        if (with_secrets && provider.client_secret.empty())
            complain("client_secret_file is not set");
    }
    return problems;
}

}  // namespace siahub::config
