#include "net/listener.hpp"

#include <string_view>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace siahub::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

Result<tcp::acceptor> listen(asio::io_context& context, const std::string& host,
                             std::uint16_t port) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    if (error)
        return fail(Code::invalid_argument, fmt::format("'{}' is not a numeric IP address", host));
    const tcp::endpoint endpoint(address, port);
    tcp::acceptor acceptor(context);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.set_option(ReusePort(true), error);
    // Linux hands TCP_NODELAY down to accepted sockets: one call here instead of one per
    // connection.
    if (!error) acceptor.set_option(tcp::no_delay(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(1024, error);
    if (error)
        return fail(Code::unavailable,
                    fmt::format("cannot listen on {}:{}: {}", host, port, error.message()));
    return acceptor;
}

void tune_accepted(tcp::socket& socket, const tcp::endpoint& peer) {
    // Part of every kernel and open to every process; a refusal would cost speed only.
    constexpr std::string_view kPlain = "reno";
    if (!peer.address().is_loopback()) return;
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_CONGESTION, kPlain.data(), kPlain.size());
}

}  // namespace siahub::net
