#pragma once
// `siahub admin doctor`.

#include "app/command.hpp"

namespace siahub::app {

// Exit codes: 0 all is well, 1 warnings, 2 errors (or a command line that makes no sense).
Command doctor_command();

}  // namespace siahub::app
