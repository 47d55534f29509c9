#pragma once
// Texts made from the table of settings: the reference page and the effective configuration.

#include "config/load.hpp"

namespace siahub::config {

// Markdown, docs/configuration.md.
std::string reference_page();
// As a TOML file with the origin of each value; secrets only as "set" or "not set".
std::string effective_values(const Loaded& loaded, Role role);
// A URL without its password.
std::string without_password(std::string_view url);

}  // namespace siahub::config
