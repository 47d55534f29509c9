#pragma once
// `siahub hf-proxy`: in front of another hub, with SiaHub in the place of its Xet storage.

#include "app/command.hpp"

namespace siahub::app {

// Blocks until SIGINT or SIGTERM.
Command hf_proxy_command();

}  // namespace siahub::app
