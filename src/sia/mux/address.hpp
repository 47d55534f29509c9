#pragma once
// Where a host listens, as it announces it: "name:port", "1.2.3.4:9984", "[::1]:9984". Plain
// values.

#include "core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::sia::mux {

struct Address {
    std::string host;  // without brackets
    std::uint16_t port = 0;

    auto operator<=>(const Address&) const = default;
};

// Errors: invalid_argument.
Result<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);

// What to connect to, in order. A host that announces the unspecified address ("[::]", "0.0.0.0")
// is on this machine; which of the two protocols it listens on depends on the system.
std::vector<Address> places_of(const Address& address);

}  // namespace siahub::sia::mux
