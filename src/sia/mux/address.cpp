#include "sia/mux/address.hpp"

#include <charconv>

#include <boost/asio/ip/address.hpp>

namespace siahub::sia::mux {
namespace {

Failure refused(std::string_view text) {
    return fail(Code::invalid_argument,
                "'" + std::string(text.substr(0, 300)) + "' is not an address with a port.");
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return refused(text);
    auto host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const char* const begin = digits.data();
    const char* const end = begin + digits.size();
    const auto [stop, error] = std::from_chars(begin, end, port);
    if (error != std::errc() || stop != end || port == 0) return refused(text);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.contains(':'))
        return refused(text);  // an IPv6 address needs its brackets
    if (host.empty() || host.size() > 253) return refused(text);
    return Address{.host = std::string(host), .port = port};
}

std::string to_text(const Address& address) {
    const auto port = std::to_string(address.port);
    if (address.host.contains(':')) return "[" + address.host + "]:" + port;
    return address.host + ":" + port;
}

std::vector<Address> places_of(const Address& address) {
    boost::system::error_code error;
    const auto ip = boost::asio::ip::make_address(address.host, error);
    if (error || !ip.is_unspecified()) return {address};
    const Address v4{.host = "127.0.0.1", .port = address.port};
    if (ip.is_v4()) return {v4};
    return {{.host = "::1", .port = address.port}, v4};
}

}  // namespace siahub::sia::mux
