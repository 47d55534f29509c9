#pragma once
// Which siahub this is.

#include <string_view>

namespace siahub::app {

std::string_view version();  // "0.1.0"

}  // namespace siahub::app
