#include "app/version.hpp"

namespace siahub::app {

std::string_view version() {
    return SIAHUB_VERSION;
}

}  // namespace siahub::app
