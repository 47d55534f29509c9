#include "core/clock.hpp"

#include <fmt/chrono.h>

namespace siahub {

UnixMillis SystemClock::now() const {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string to_iso8601(UnixMillis time) {
    const auto seconds = static_cast<std::time_t>(time / 1000);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), time % 1000);
}

}  // namespace siahub
