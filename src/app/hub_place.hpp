#pragma once
// Where a hub with these settings keeps what it knows.

#include "backup/hub_place.hpp"
#include "config/config.hpp"

namespace siahub::app {

backup::HubPlace hub_place(const config::Config& config);

}  // namespace siahub::app
