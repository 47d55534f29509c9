#pragma once
// Puts a configuration together: defaults, then the file, then the environment, then flags; the
// last one that says something wins. A setting may also be read from a file of its own, which is
// how secrets arrive: `url_file` in the TOML file, SIAHUB_DATABASE_URL_FILE, --database-url-file.
//
// Everything that is wrong is collected, so that `siahub config check` shows all of it at once; a
// server starts only when nothing is.

#include "config/config.hpp"
#include "config/settings.hpp"

#include <functional>
#include <map>

namespace siahub::config {

struct Given {
    std::filesystem::path file;  // empty: none
    // The value of an environment variable.
    std::function<std::optional<std::string>(const std::string& name)> environment;
    std::map<std::string, std::string, std::less<>> flags;  // by name, "--listen"
    std::filesystem::path default_data;
};

struct Loaded {
    Config config;
    std::map<std::string_view, std::string> origins;  // key -> "/etc/siahub.toml line 3"
    std::vector<std::string> problems;                // sentences
};

Loaded load(const Given& given, Role role);
// What `role` needs beyond settings that are right by themselves.
std::vector<std::string> missing_for(const Config& config, Role role);

}  // namespace siahub::config
