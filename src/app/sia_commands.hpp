#pragma once
// `siahub sia …`: looking at Sia through indexd, and keeping files there without a hub.

#include "app/command.hpp"

namespace siahub::app {

std::vector<Command> sia_commands();

}  // namespace siahub::app
