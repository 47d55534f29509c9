#pragma once
// `siahub gateway`: redeems signed links on a host of its own. It reads what it serves from the
// hub's database, keeps bodies in a cache on disk and gets what that misses from the cas that have
// it.

#include "app/command.hpp"

namespace siahub::app {

Command gateway_command();

}  // namespace siahub::app
