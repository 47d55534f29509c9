#include "config/network.hpp"

#include <charconv>
#include <optional>

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>

namespace siahub::config {
namespace {

namespace ip = boost::asio::ip;

std::optional<unsigned> number(std::string_view text, unsigned max) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > max) return {};
    return value;
}

std::optional<ip::address> address_of(std::string_view text) {
    boost::system::error_code error;
    auto address = ip::make_address(std::string(text), error);
    if (error) return {};
    return address;
}

ip::address_v6::bytes_type mapped(const ip::address& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    return ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

constexpr unsigned kMappedPrefix = 96;

}  // namespace

std::string Address::text() const {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Address> parse_address(std::string_view text) {
    const auto colon = text.rfind(':');
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto port =
        colon == std::string_view::npos ? std::nullopt : number(text.substr(colon + 1), 65535);
    if (!port || host.empty())
        return fail(Code::invalid_argument, "must be HOST:PORT, as in 127.0.0.1:8470");
    return Address{.host = std::string(host), .port = static_cast<std::uint16_t>(*port)};
}

Result<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = address_of(text.substr(0, slash));
    Network network;
    network.text_ = text;
    if (address) {
        const unsigned bits = address->is_v4() ? 32 : 128;
        const auto length = slash == std::string_view::npos ? std::optional(bits)
                                                            : number(text.substr(slash + 1), bits);
        if (length) {
            network.prefix_ = mapped(*address);
            network.length_ = *length + (address->is_v4() ? kMappedPrefix : 0);
            return network;
        }
    }
    return fail(Code::invalid_argument, "must be addresses or networks, as in 10.0.0.0/8; \"" +
                                            std::string(text) + "\" is neither");
}

bool Network::contains(std::string_view text) const {
    const auto address = address_of(text);
    if (!address) return false;
    const auto bits = mapped(*address);
    for (unsigned bit = 0; bit < length_; ++bit) {
        const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
        if ((bits[bit / 8] & mask) != (prefix_[bit / 8] & mask)) return false;
    }
    return true;
}

Result<std::string> parse_origin(std::string_view text) {
    while (text.ends_with('/'))
        text.remove_suffix(1);
    const auto url = boost::urls::parse_uri(text);
    if (url.has_error() || (url->scheme() != "http" && url->scheme() != "https") ||
        url->host().empty() || !url->encoded_path().empty() || url->has_query() ||
        url->has_fragment() || url->has_userinfo())
        return fail(Code::invalid_argument, "must be a URL like https://hub.example.org");
    return std::string(text);
}

}  // namespace siahub::config
