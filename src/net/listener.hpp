#pragma once
// Listening sockets that share one port: each I/O thread has its own, the kernel spreads
// connections.

#include "core/result.hpp"

#include <cstdint>
#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace siahub::net {

// `host` is a numeric IPv4 or IPv6 address. Port 0 takes a free port; give its number to the next
// call.
Result<boost::asio::ip::tcp::acceptor> listen(boost::asio::io_context& context,
                                              const std::string& host, std::uint16_t port);

}  // namespace siahub::net
