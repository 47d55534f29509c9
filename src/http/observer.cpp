#include "http/observer.hpp"

#include <array>

namespace siahub::http {

std::string_view name_of(Ending ending) {
    constexpr std::array<std::string_view, 5> names = {"complete", "client_left", "client_stalled",
                                                       "shut_down", "failed"};
    return names.at(static_cast<std::size_t>(ending));
}

}  // namespace siahub::http
