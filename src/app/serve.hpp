#pragma once
// `siahub serve`: every role in one process.

#include "app/command.hpp"

namespace siahub::app {

// Blocks until SIGINT or SIGTERM.
Command serve_command();

}  // namespace siahub::app
