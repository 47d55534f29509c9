#pragma once
// `siahub migrate`: brings the schema up to date apart from serving, by a role that may, and gives
// the role of gateways its rights.

#include "app/command.hpp"

namespace siahub::app {

Command migrate_command();

}  // namespace siahub::app
