#pragma once
// `siahub sia connect` and `siahub sia register`: how SiaHub comes to an app key that indexd knows,
// by a person's approval or by the rights of whoever runs indexd.

#include "app/command.hpp"

namespace siahub::app {

std::vector<Command> sia_key_commands();

}  // namespace siahub::app
