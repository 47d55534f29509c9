#pragma once
// What `siahub admin doctor` says about Sia: indexd, account, hosts and funds as `siahub sia
// doctor` sees them, and what waits in this hub: its queue, its failures, its last snapshot.

#include "config/config.hpp"
#include "core/clock.hpp"
#include "doctor/report.hpp"

namespace siahub::app {

doctor::Report examine_hub_sia(const config::Config& config, const Clock& clock);

}  // namespace siahub::app
