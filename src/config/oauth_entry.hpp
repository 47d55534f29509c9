#pragma once
// The [[oauth]] tables of a configuration file: providers by which people sign in. They are no
// settings of the table in settings.cpp, because there may be several. Errors complete the sentence
// "<key> …" or are sentences.

#include "config/config.hpp"
#include "config/toml_file.hpp"

namespace siahub::config {

inline constexpr std::string_view kOauthPrefix = "oauth.";

// Takes an entry whose key begins with kOauthPrefix. A secret's file is opened only where
// `with_secrets`.
Result<void> apply_oauth(Config& config, const FileEntry& entry, bool with_secrets);
// What is missing or wrong in them together.
std::vector<std::string> check_oauth(const Config& config, bool with_secrets);

}  // namespace siahub::config
