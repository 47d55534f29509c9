#include "config/load.hpp"

#include "config/oauth_entry.hpp"
#include "config/toml_file.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace siahub::config {
namespace {

constexpr std::string_view kFileSuffix = "_file";
constexpr std::string_view kFileEnding = "-file";
constexpr std::string_view kPublicGithub = "https://github.com";

class Loader {
  public:
    Loader(const Given& given, Role role) : given_(given), role_(role) {
        loaded_.config.data = given.default_data;
    }

    Loaded run() {
        from_file();
        for (const auto& setting : all_settings())
            from_environment(setting);
        for (const auto& setting : all_settings())
            from_flags(setting);
        complete_oauth();
        if (loaded_.problems.empty()) loaded_.problems = missing_for(loaded_.config, role_);
        return std::move(loaded_);
    }

  private:
    void complain(std::string_view origin, std::string_view key, std::string_view why) {
        loaded_.problems.push_back(fmt::format("{}: {} {}", origin, key, why));
    }

    void apply(const Setting& setting, std::string_view text, std::string origin) {
        const auto done = setting.set(loaded_.config, text);
        if (!done) complain(origin, setting.key, done.error().message);
        loaded_.origins.insert_or_assign(setting.key, std::move(origin));
    }

    // One trailing line break is the editor's, not the secret's. Processes of several roles share
    // one configuration, but a secret is readable only to those that need it.
    void apply_from(const Setting& setting, const std::string& path, std::string origin) {
        if ((setting.roles & role_) == 0) return;
        std::ifstream in(path);
        if (!in) return complain(origin, setting.key, "names " + path + ", which cannot be read");
        std::ostringstream text;
        text << in.rdbuf();
        auto value = std::move(text).str();
        if (value.ends_with('\n')) value.pop_back();
        if (value.ends_with('\r')) value.pop_back();
        apply(setting, value, std::move(origin));
    }

    [[nodiscard]] bool reads_secrets() const { return (role_ & (kServe | kCas)) != 0; }

    void complete_oauth() {
        for (auto& provider : loaded_.config.oauth) {
            const bool github = provider.kind == "github";
            if (provider.issuer.empty() && github) provider.issuer = kPublicGithub;
            if (provider.api_url.empty() && github)
                provider.api_url = provider.issuer == kPublicGithub ? "https://api.github.com"
                                                                    : provider.issuer + "/api/v3";
            if (provider.name.empty()) provider.name = github ? "GitHub" : provider.id;
        }
        for (auto& problem : check_oauth(loaded_.config, reads_secrets()))
            loaded_.problems.push_back(std::move(problem));
    }

    void from_file() {
        if (given_.file.empty()) return;
        const auto entries = read_toml(given_.file);
        if (!entries) {
            loaded_.problems.push_back(entries.error().message);
            return;
        }
        for (const auto& entry : *entries)
            from_entry(entry);
    }

    void from_entry(const FileEntry& entry) {
        auto origin = fmt::format("{} line {}", given_.file.string(), entry.line);
        if (const auto* setting = find_setting(entry.key))
            return apply(*setting, entry.text, std::move(origin));
        const std::string_view key = entry.key;
        if (key.starts_with(kOauthPrefix)) {
            const auto done = apply_oauth(loaded_.config, entry, reads_secrets());
            if (!done) complain(origin, key, done.error().message);
            return;
        }
        if (key.ends_with(kFileSuffix))
            if (const auto* setting = find_setting(key.substr(0, key.size() - kFileSuffix.size())))
                return apply_from(*setting, entry.text, std::move(origin));
        const auto* near = nearest_setting(key);
        complain(origin, key,
                 near != nullptr ? fmt::format("is not a setting; did you mean {}?", near->key)
                                 : "is not a setting; `siahub config reference` lists them all");
    }

    void from_environment(const Setting& setting) {
        const auto name = environment_name(setting);
        if (const auto text = given_.environment(name)) apply(setting, *text, name);
        const auto file_name = name + "_FILE";
        if (const auto path = given_.environment(file_name)) apply_from(setting, *path, file_name);
    }

    void from_flags(const Setting& setting) {
        if (const auto found = given_.flags.find(setting.flag); found != given_.flags.end())
            apply(setting, found->second, found->first);
        const auto file_flag = std::string(setting.flag) + std::string(kFileEnding);
        if (const auto found = given_.flags.find(file_flag); found != given_.flags.end())
            apply_from(setting, found->second, found->first);
    }

    const Given& given_;
    Role role_;
    Loaded loaded_;
};

}  // namespace

Loaded load(const Given& given, Role role) {
    return Loader(given, role).run();
}

std::vector<std::string> missing_for(const Config& config, Role role) {
    std::vector<std::string> problems;
    const auto need = [&](bool present, std::string_view key, std::string_view why) {
        if (!present) problems.push_back(fmt::format("{} is not set: {}", key, why));
    };
    // Other roles do not open the file of the key.
    if ((role & (kServe | kCas | kGateway)) != 0 && !config.sia.indexd.empty())
        need(!config.sia.app_key.empty(), "sia.app_key",
             "indexd knows this hub by it (docs/sia.md tells how to make one)");
    if (role == kGateway) {
        need(!config.database.url.empty(), "database.url",
             "a gateway reads what it serves from the hub's PostgreSQL database");
        need(!config.keys.empty(), "signing_keys",
             "a gateway checks links with the keys of the hub");
    }
    if (role == kCas) {
        need(!config.database.url.empty(), "database.url",
             "cas processes and gateways share a PostgreSQL database; `siahub serve` needs none");
        need(!config.gateway.url.empty(), "gateway.url",
             "download links lead there; `siahub serve` is its own gateway");
        need(!config.cluster.url.empty(), "cluster.url",
             "the gateways fetch bodies that lie on this process's disk from it");
        need(!config.keys.empty(), "signing_keys",
             "links and tokens must be good for every process of the hub");
    }
    if (role == kHfProxy) {
        need(!config.proxy.upstream.empty(), "proxy.upstream", "the hub to stand in front of");
        need(!config.proxy.cas.empty(), "proxy.cas", "the SiaHub that takes the large files");
        need(!config.keys.empty(), "signing_keys",
             "the proxy proves itself to SiaHub with the keys of the hub");
    }
    return problems;
}

}  // namespace siahub::config
