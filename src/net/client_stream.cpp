#include "net/client_stream.hpp"

#include "net/tls_trust.hpp"

#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>

namespace siahub::net {

namespace {

using asio::ip::tcp;
using TlsStream = asio::ssl::stream<tcp::socket&>;
using SystemError = boost::system::error_code;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

// One deadline of its own: reading and writing wait at the same time.
class Alarm final : Deadlines::Entry {
  public:
    Alarm(Deadlines& deadlines, std::function<void()> ring)
        : Entry(deadlines), ring_(std::move(ring)) {}
    void set(Deadlines::TimePoint at) { set_deadline(at); }

  private:
    void on_deadline() override { ring_(); }
    std::function<void()> ring_;
};

bool is_address(const std::string& host) {
    SystemError error;
    asio::ip::make_address(host, error);
    return !error;
}

}  // namespace

struct ClientStream::Impl {
    Impl(asio::io_context& context, Deadlines& deadlines, TlsTrust& trust_in, Peer peer_in)
        : trust(trust_in),
          peer(std::move(peer_in)),
          resolver(context),
          socket(context),
          read_alarm(deadlines, [this] { expire(); }),
          write_alarm(deadlines, [this] { expire(); }) {}

    [[nodiscard]] std::string name() const { return peer.host + ":" + std::to_string(peer.port); }

    void expire() {
        timed_out = true;
        close();
    }
    void close() {
        SystemError ignored;
        resolver.cancel();
        socket.close(ignored);
    }

    [[nodiscard]] Error failure(const SystemError& error, std::string_view doing) const {
        if (timed_out) return {Code::timeout, name() + " did not answer in time"};
        return {Code::connection_closed, "the connection to " + name() + " broke while " +
                                             std::string(doing) + " (" + error.message() + ")"};
    }
    [[nodiscard]] Failure unreachable(const SystemError& error) const {
        if (timed_out) return fail(Code::unavailable, "connecting to " + name() + " took too long");
        return fail(Code::unavailable, "cannot connect to " + name() + ": " + error.message());
    }
    [[nodiscard]] Failure untrusted(const SystemError& error) {
        const auto verdict = ::SSL_get_verify_result(tls->native_handle());
        if (verdict == X509_V_OK || timed_out) return unreachable(error);
        return fail(Code::unavailable, "the certificate of " + name() + " is refused: " +
                                           ::X509_verify_cert_error_string(verdict));
    }

    Task<Result<void>> open_socket();
    Task<Result<void>> shake_hands();
    template <class Buffers>
    Task<std::tuple<SystemError, std::size_t>> write_some(const Buffers& buffers);

    TlsTrust& trust;
    Peer peer;
    tcp::resolver resolver;
    tcp::socket socket;
    std::optional<TlsStream> tls;
    bool timed_out = false;
    Alarm read_alarm;
    Alarm write_alarm;
};

ClientStream::ClientStream(asio::io_context& context, Deadlines& deadlines, TlsTrust& trust,
                           Peer peer)
    : impl_(std::make_unique<Impl>(context, deadlines, trust, std::move(peer))) {}

ClientStream::~ClientStream() = default;

Task<Result<void>> ClientStream::Impl::open_socket() {
    const auto [unresolved, addresses] =
        co_await resolver.async_resolve(peer.host, std::to_string(peer.port), kAsTuple);
    if (unresolved) co_return unreachable(unresolved);
    const auto [refused, address] = co_await asio::async_connect(socket, addresses, kAsTuple);
    if (refused) co_return unreachable(refused);
    SystemError ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    co_return Result<void>{};
}

Task<Result<void>> ClientStream::Impl::shake_hands() {
    tls.emplace(socket, trust.context());
    // An address has no name to indicate (RFC 6066 §3).
    if (!is_address(peer.host)) SSL_set_tlsext_host_name(tls->native_handle(), peer.host.c_str());
    tls->set_verify_callback(asio::ssl::host_name_verification(peer.host));
    const auto [error] = co_await tls->async_handshake(TlsStream::client, kAsTuple);
    if (error) co_return untrusted(error);
    co_return Result<void>{};
}

Task<Result<void>> ClientStream::connect(TimePoint deadline) {
    impl_->read_alarm.set(deadline);
    auto done = co_await impl_->open_socket();
    if (done && impl_->peer.tls) done = co_await impl_->shake_hands();
    impl_->read_alarm.set(Deadlines::kNever);
    co_return done;
}

Task<Result<std::size_t>> ClientStream::read_some(std::span<std::byte> into, TimePoint deadline) {
    const auto buffer = asio::buffer(into.data(), into.size());
    impl_->read_alarm.set(deadline);
    SystemError error;
    std::size_t count = 0;
    if (impl_->tls)
        std::tie(error, count) = co_await impl_->tls->async_read_some(buffer, kAsTuple);
    else
        std::tie(error, count) = co_await impl_->socket.async_read_some(buffer, kAsTuple);
    impl_->read_alarm.set(Deadlines::kNever);
    if (error == asio::error::eof) co_return std::size_t{0};
    if (error) co_return std::unexpected(impl_->failure(error, "receiving"));
    co_return count;
}

void ClientStream::change_read_deadline(TimePoint deadline) {
    impl_->read_alarm.set(deadline);
}

template <class Buffers>
Task<std::tuple<SystemError, std::size_t>> ClientStream::Impl::write_some(const Buffers& buffers) {
    if (tls) co_return co_await tls->async_write_some(buffers, kAsTuple);
    co_return co_await socket.async_write_some(buffers, kAsTuple);
}

Task<Result<void>> ClientStream::write(std::span<const ByteView> parts, Milliseconds stall) {
    std::vector<asio::const_buffer> buffers;
    for (const ByteView part : parts)
        if (!part.empty()) buffers.emplace_back(part.data(), part.size());
    std::size_t first = 0;
    while (first < buffers.size()) {
        impl_->write_alarm.set(std::chrono::steady_clock::now() + stall);
        auto [error, count] = co_await impl_->write_some(std::span(buffers).subspan(first));
        impl_->write_alarm.set(Deadlines::kNever);
        if (error) co_return std::unexpected(impl_->failure(error, "sending"));
        for (; count > 0 && count >= buffers[first].size(); ++first)
            count -= buffers[first].size();
        if (count > 0) buffers[first] += count;
    }
    co_return Result<void>{};
}

bool ClientStream::is_open() const {
    return impl_->socket.is_open();
}

bool ClientStream::fit_for_reuse() const {
    if (!impl_->socket.is_open()) return false;
    pollfd state{.fd = impl_->socket.native_handle(), .events = POLLIN | POLLRDHUP, .revents = 0};
    return ::poll(&state, 1, 0) == 0;
}

void ClientStream::close() {
    impl_->close();
}

}  // namespace siahub::net
