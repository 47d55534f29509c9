#pragma once
// Addresses as an operator writes them. Pure.

#include "core/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace siahub::config {

// "127.0.0.1:8470", "[::1]:8470", "localhost:0".
struct Address {
    std::string host;
    std::uint16_t port = 0;
    [[nodiscard]] std::string text() const;
};
Result<Address> parse_address(std::string_view text);

// "10.0.0.0/8", "2001:db8::/32" or one address. Both families are held as IPv6, where IPv4 is
// mapped.
class Network {
  public:
    static Result<Network> parse(std::string_view text);
    // False for what is not an address.
    [[nodiscard]] bool contains(std::string_view address) const;
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    using Bits = std::array<std::uint8_t, 16>;
    std::string text_;
    Bits prefix_{};
    unsigned length_ = 128;
};

// "http://host:port" or "https://host", without path, query or trailing slash.
Result<std::string> parse_origin(std::string_view text);

}  // namespace siahub::config
