#include "config/reference.hpp"

#include <array>

#include <fmt/format.h>

namespace siahub::config {
namespace {

struct RoleName {
    Role role;
    std::string_view name;
};
constexpr std::array kRoleNames = {RoleName{kServe, "serve"}, RoleName{kCas, "cas"},
                                   RoleName{kGateway, "gateway"}, RoleName{kHfProxy, "hf-proxy"},
                                   RoleName{kAdmin, "admin"}};

std::string roles_of(const Setting& setting) {
    std::string text;
    for (const auto& [role, name] : kRoleNames)
        if ((setting.roles & role) != 0)
            text += fmt::format("{}`{}`", text.empty() ? "" : ", ", name);
    return text;
}

std::string default_of(const Setting& setting) {
    if (setting.key == "data") return "`~/.local/share/siahub`";
    const auto text = setting.show(Config{});
    return text.empty() ? "empty" : "`" + text + "`";
}

void describe(std::string& page, const Setting& setting) {
    page += fmt::format("### `{}`\n\n{}.\n\n", setting.key, setting.help);
    if (!setting.more.empty()) page += fmt::format("{}\n\n", setting.more);
    page += fmt::format("* value: {}; default: {}\n", setting.value, default_of(setting));
    page += fmt::format("* flag `{}`, environment `{}`\n", setting.flag, environment_name(setting));
    page += fmt::format("* read by {}{}\n\n", roles_of(setting),
                        setting.secret ? "; a secret: best given as a file" : "");
}

constexpr std::string_view kIntroduction =
    R"(# Configuration

Made by `siahub config reference`; do not edit.

Every process reads one TOML file (`--config FILE` or `SIAHUB_CONFIG`), over it the environment, over
that its flags. Nothing has to be set for `siahub serve`. A dotted key `a.b` is `b` under `[a]` in the file.

Any setting can be read from a file of its own, which is how secrets should arrive: append `_file` to
the key, `_FILE` to the environment variable, `-file` to the flag, and give a path. A role opens the files
of the settings that it reads, no others.

`siahub config check --role ROLE` says what is wrong and prints the values in effect, without secrets.

## Settings

)";

constexpr std::string_view kProviders = R"(## Providers to sign in through

Each `[[oauth]]` of the file is a provider (docs/sign-in.md says who gets in by it):

```toml
[[oauth]]
id = "company"                    # in addresses: the provider must allow https://HUB/oauth/callback/company
name = "Example Company"          # on the sign-in page
kind = "oidc"                     # or "github"
issuer = "https://id.example.org" # for GitHub only where it is one's own: "https://github.example.org"
# api_url = "…"                   # for GitHub only where it is not issuer/api/v3: "https://api.NAME.ghe.com"
client_id = "siahub"
client_secret_file = "/etc/siahub/company.secret"
sign_up = false                   # true: everybody it knows may make an account without an invitation
```

Read by `serve` and `cas`.
)";

std::string_view table_of(std::string_view key) {
    const auto dot = key.find('.');
    return dot == std::string_view::npos ? "" : key.substr(0, dot);
}

// As TOML has it: numbers and truth values bare, everything else a string.
std::string toml_value(std::string_view text) {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    if (digits || text == "true" || text == "false") return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

std::string reference_page() {
    std::string page(kIntroduction);
    for (const auto& setting : all_settings())
        describe(page, setting);
    page += kProviders;
    return page;
}

std::string effective_values(const Loaded& loaded, Role role) {
    std::string text;
    std::string_view table;
    for (const auto& setting : all_settings()) {
        if ((setting.roles & role) == 0) continue;
        if (const auto now = table_of(setting.key); now != table) {
            text += fmt::format("\n[{}]\n", now);
            table = now;
        }
        const auto name = setting.key.substr(table.empty() ? 0 : table.size() + 1);
        const auto value = setting.show(loaded.config);
        const auto origin = loaded.origins.find(setting.key);
        const auto from = origin == loaded.origins.end() ? "default" : origin->second;
        if (setting.secret)
            text += fmt::format("# {} is {} ({})\n", name, value.empty() ? "not set" : "set", from);
        else
            text += fmt::format("{} = {}  # {}\n", name, toml_value(value), from);
    }
    return text;
}

std::string without_password(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::string(url);
    const auto authority = scheme + 3;
    const auto end = std::min(url.find_first_of("/?#", authority), url.size());
    const auto at = url.substr(0, end).rfind('@');
    if (at == std::string_view::npos || at < authority) return std::string(url);
    const auto colon = url.find(':', authority);
    if (colon == std::string_view::npos || colon > at) return std::string(url);
    return std::string(url.substr(0, colon)) + std::string(url.substr(at));
}

}  // namespace siahub::config
