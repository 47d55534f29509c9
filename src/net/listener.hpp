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

// For a connection just accepted. One from this host (a reverse proxy, a local client) gets the
// plain congestion control instead of the system's: there is no network to be gentle to, and BBR,
// where it is the default, paces by a timer per packet, which costs several times what the sending
// itself does (bench/README.md).
void tune_accepted(boost::asio::ip::tcp::socket& socket,
                   const boost::asio::ip::tcp::endpoint& peer);

}  // namespace siahub::net
