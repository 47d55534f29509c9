#pragma once
// `siahub admin backup` and `siahub admin restore`.

#include "app/command.hpp"

#include <vector>

namespace siahub::app {

std::vector<Command> backup_commands();

}  // namespace siahub::app
