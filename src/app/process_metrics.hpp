#pragma once
// What this process takes of its machine, by the names that Prometheus clients share, and its
// version. Read from /proc when somebody looks.

#include "core/metrics.hpp"

#include <string_view>

namespace siahub::app {

void add_process_metrics(Metrics& metrics, std::string_view role);

}  // namespace siahub::app
