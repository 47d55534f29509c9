#pragma once
// `siahub admin snapshot` and what `siahub admin restore --from-sia` does.

#include "app/command.hpp"
#include "config/config.hpp"

namespace siahub::app {

Command snapshot_command();

// Makes a hub of the newest snapshot on Sia, in an empty data directory and database, and prints
// what it lacks. With a phrase the app key is made of it first, and printed.
int restore_from_sia(config::Config config, const std::string& phrase);

}  // namespace siahub::app
