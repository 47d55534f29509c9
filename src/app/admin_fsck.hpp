#pragma once
// `siahub admin fsck`: whether what the hub believes to be on Sia is there.

#include "app/command.hpp"

namespace siahub::app {

Command fsck_command();

}  // namespace siahub::app
