#include "app/configure.hpp"

#include "app/data_dir.hpp"
#include "config/reference.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace siahub::app {
namespace {

constexpr std::string_view kFromFile = "-file";

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): no thread yet
    if (value == nullptr) return std::nullopt;
    return value;
}

FlagSpec flag_of(const config::Setting& setting) {
    return {.name = setting.flag,
            .value = setting.value,
            .help = setting.help,
            .from_file = setting.secret};
}

Result<config::Role> parse_role(std::string_view name) {
    if (name == "serve") return config::kServe;
    if (name == "cas") return config::kCas;
    if (name == "gateway") return config::kGateway;
    if (name == "hf-proxy") return config::kHfProxy;
    return fail(Code::invalid_argument, "--role: one of serve, cas, gateway, hf-proxy");
}

int run_check(const CommandSpec& spec, const Arguments& arguments) {
    const auto role = parse_role(arguments.flag_or("--role", "serve"));
    if (!role) return usage_failure(spec, role.error().message);
    const auto loaded = load_config(arguments, *role);
    fmt::print("{}", config::effective_values(loaded, *role));
    for (const auto& problem : loaded.problems)
        fmt::print(stderr, "siahub: {}\n", problem);
    return loaded.problems.empty() ? 0 : kExitFailure;
}

int run_reference(const CommandSpec&, const Arguments&) {
    fmt::print("{}", config::reference_page());
    return 0;
}

}  // namespace

std::vector<FlagSpec> with_settings(std::vector<FlagSpec> own, config::Role role) {
    own.push_back({.name = "--config", .value = "FILE", .help = "a TOML file with settings"});
    for (const auto& setting : config::all_settings())
        if ((setting.roles & role) != 0) own.push_back(flag_of(setting));
    return own;
}

config::Loaded load_config(const Arguments& arguments, config::Role role) {
    config::Given given;
    given.file = arguments.flag("--config").value_or(environment("SIAHUB_CONFIG").value_or(""));
    given.environment = environment;
    given.default_data = default_data_dir();
    for (const auto& setting : config::all_settings())
        for (const auto& name :
             {std::string(setting.flag), std::string(setting.flag) + std::string(kFromFile)})
            if (const auto value = arguments.flag(name)) given.flags.emplace(name, *value);
    return config::load(given, role);
}

Result<config::Config> configure(const Arguments& arguments, config::Role role) {
    auto loaded = load_config(arguments, role);
    if (loaded.problems.empty()) return std::move(loaded.config);
    auto message = loaded.problems.front();
    if (const auto more = loaded.problems.size() - 1; more > 0)
        message += fmt::format(" (and {} more: siahub config check shows all)", more);
    return fail(Code::invalid_argument, std::move(message));
}

std::vector<Command> config_commands() {
    auto everything = static_cast<config::Role>(config::kServe | config::kCas | config::kGateway |
                                                config::kHfProxy);
    return {
        {{.name = "config check",
          .arguments = {},
          .summary = "Says what is wrong with the settings and prints those in effect",
          .flags = with_settings({{.name = "--role",
                                   .value = "ROLE",
                                   .help = "serve (default), cas, gateway or hf-proxy"}},
                                 everything)},
         run_check},
        {{.name = "config reference",
          .arguments = {},
          .summary = "Prints the reference of all settings",
          .flags = {}},
         run_reference},
    };
}

}  // namespace siahub::app
