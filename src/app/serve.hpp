#pragma once
// `siahub serve`: every role in one process. `siahub cas`: the Hub API and the Xet server alone,
// one of several processes on one database; links lead to gateways (app/gateway_role).

#include "app/command.hpp"

namespace siahub::app {

// Blocks until SIGINT or SIGTERM.
Command serve_command();
Command cas_command();

}  // namespace siahub::app
