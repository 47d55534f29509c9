#pragma once
// From command line, environment and file to the configuration of a role.

#include "app/command.hpp"
#include "config/load.hpp"

namespace siahub::app {

// The flags of a command: `own`, then --config and the settings that `role` reads.
std::vector<FlagSpec> with_settings(std::vector<FlagSpec> own, config::Role role);
config::Loaded load_config(const Arguments& arguments, config::Role role);
// As load_config(), with whatever is wrong as one error.
Result<config::Config> configure(const Arguments& arguments, config::Role role);

std::vector<Command> config_commands();

}  // namespace siahub::app
