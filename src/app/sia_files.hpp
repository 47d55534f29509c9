#pragma once
// `siahub sia put|get|rm|ls`: files on Sia without a hub. Objects carry the name of their file, in
// JSON, as metadata that only the holder of the app key can read.

#include "app/command.hpp"

namespace siahub::app {

std::vector<Command> sia_file_commands();

}  // namespace siahub::app
