#include "sia/mux/connection.hpp"

#include "core/random.hpp"
#include "net/listener.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <netinet/tcp.h>

namespace siahub::sia::mux {
namespace {

using asio::ip::tcp;
using std::chrono::steady_clock;
using SystemError = boost::system::error_code;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPacketsPerRead = 32;

// So that a peer that has vanished without a word is found out: by probes while nothing is under
// way, and by what it does not acknowledge otherwise, for which the system's own patience is a
// quarter of an hour.
void watch_peer(tcp::socket& socket, std::chrono::milliseconds patience) {
    const auto set = [&](int level, int option, int value) {
        ::setsockopt(socket.native_handle(), level, option, &value, sizeof value);
    };
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set(IPPROTO_TCP, TCP_KEEPCNT, 3);
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(patience.count()));
}

X25519Key random_secret() {
    X25519Key secret;
    fill_random(secret);
    return secret;
}

}  // namespace

Connection::Connection(Home home, ConnectionOptions options, std::string peer)
    : Entry(home.deadlines),
      home_(std::move(home)),
      options_(options),
      peer_(std::move(peer)),
      resolver_(home_.executor),
      socket_(home_.executor),
      room_(home_.executor),
      output_(home_.executor) {}

Connection::~Connection() = default;

Task<Result<std::shared_ptr<Connection>>> Connection::dial(Home home, Address address,
                                                           PublicKey host,
                                                           ConnectionOptions options) {
    const std::shared_ptr<Connection> self(
        new Connection(std::move(home), options, to_text(address)));
    self->set_deadline(steady_clock::now() + options.dial_timeout);
    DialerHandshake handshake(host, random_secret(), options.settings);
    CO_TRY(co_await self->connect(std::move(address)));
    CO_TRY(co_await self->shake_hands(handshake));
    self->start(handshake.session());
    co_return self;
}

Task<Result<std::shared_ptr<Connection>>> Connection::accept(Home home, tcp::socket socket,
                                                             Ed25519PrivateKey host,
                                                             OnStream on_stream,
                                                             ConnectionOptions options) {
    SystemError ignored;
    const auto peer = socket.remote_endpoint(ignored);
    const std::shared_ptr<Connection> self(
        new Connection(std::move(home), options, peer.address().to_string()));
    self->socket_ = std::move(socket);
    self->socket_.set_option(tcp::no_delay(true), ignored);
    net::tune_accepted(self->socket_, peer);
    self->on_stream_ = std::move(on_stream);
    self->set_deadline(steady_clock::now() + options.dial_timeout);
    AcceptorHandshake handshake(host, random_secret(), options.settings);
    CO_TRY(co_await self->shake_hands(handshake));
    self->start(handshake.session());
    co_return self;
}

Error Connection::broken(const SystemError& error, const char* doing) const {
    if (timed_out_) return {Code::timeout, peer_ + " did not answer in time."};
    return {Code::connection_closed,
            "The connection to " + peer_ + " broke while " + doing + " (" + error.message() + ")."};
}

Task<Result<void>> Connection::connect(Address address) {
    Result<void> done = fail(Code::unavailable, "There is no address.");
    for (const auto& place : places_of(address)) {
        done = co_await connect_to(place);
        if (done || timed_out_) break;
    }
    co_return done;
}

Task<Result<void>> Connection::connect_to(Address place) {
    const auto [unresolved, endpoints] =
        co_await resolver_.async_resolve(place.host, std::to_string(place.port), kAsTuple);
    SystemError error = unresolved;
    if (!error && !timed_out_) {
        auto [refused, endpoint] = co_await asio::async_connect(socket_, endpoints, kAsTuple);
        error = refused;
        if (!error) net::tune_accepted(socket_, endpoint);
    }
    if (timed_out_) co_return fail(Code::timeout, "Connecting to " + peer_ + " took too long.");
    if (error)
        co_return fail(Code::unavailable,
                       "Cannot connect to " + peer_ + ": " + error.message() + ".");
    SystemError ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    watch_peer(socket_, options_.write_stall);
    co_return Result<void>{};
}

Task<Result<void>> Connection::read_all(std::span<std::byte> into) {
    const auto [error, count] =
        co_await asio::async_read(socket_, asio::buffer(into.data(), into.size()), kAsTuple);
    if (error) co_return std::unexpected(broken(error, "shaking hands"));
    co_return Result<void>{};
}

Task<Result<void>> Connection::write_all(ByteView bytes) {
    const auto [error, count] =
        co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), kAsTuple);
    if (error) co_return std::unexpected(broken(error, "shaking hands"));
    co_return Result<void>{};
}

Task<Result<void>> Connection::shake_hands(Handshake& handshake) {
    Bytes out = handshake.opening();
    for (Bytes in;;) {
        if (!out.empty()) CO_TRY(co_await write_all(out));
        if (handshake.wants() == 0) co_return Result<void>{};
        in.resize(handshake.wants());
        CO_TRY(co_await read_all(in));
        out = CO_TRY(handshake.feed(in));
    }
}

void Connection::start(const Session& session) {
    set_deadline(net::Deadlines::kNever);
    StreamAcceptor* const acceptor = on_stream_ ? this : nullptr;
    engine_.emplace(session, acceptor);
    last_received_ = last_sent_ = last_used_ = steady_clock::now();
    open_ = true;
    for (auto* loop : {&Connection::read_loop, &Connection::write_loop})
        asio::co_spawn(home_.executor, loop(net::Gate::Pass(home_.gate), shared_from_this()),
                       [weak = weak_from_this()](const std::exception_ptr& thrown) {
                           // Not a share: the gate is open by now.
                           const auto self = thrown ? weak.lock() : nullptr;
                           if (self) self->close({Code::internal, "The connection failed."});
                       });
}

Task<void> Connection::read_loop(net::Gate::Pass pass, std::shared_ptr<Connection> self) {
    const auto size = kPacketsPerRead * self->engine_->settings().packet_size;
    Bytes buffer(size);
    std::size_t filled = 0;
    while (self->open_) {
        const auto [error, count] = co_await self->socket_.async_read_some(
            asio::buffer(buffer.data() + filled, size - filled), kAsTuple);
        if (error) {
            self->close(self->broken(error, "receiving"));
            break;
        }
        filled += count;
        if (const auto taken = self->take(buffer, filled); !taken) self->close(taken.error());
    }
}

// Takes the whole packets among the first `filled` bytes and moves what is left to the front.
Result<void> Connection::take(std::span<std::byte> received, std::size_t& filled) {
    last_received_ = steady_clock::now();
    const auto taken = TRY(engine_->receive(received.first(filled), last_received_));
    if (engine_->queued() > 0) output_.notify();
    filled -= taken;
    if (taken > 0 && filled > 0) std::memmove(received.data(), received.data() + taken, filled);
    for (auto& stream : std::exchange(begun_, {}))
        on_stream_(std::move(stream));
    return {};
}

Task<void> Connection::write_loop(net::Gate::Pass pass, std::shared_ptr<Connection> self) {
    Bytes out;
    while (self->open_) {
        if (self->engine_->queued() == 0) {
            co_await self->output_.wait();
            continue;
        }
        out = self->engine_->flush(std::move(out));
        self->room_.notify();
        for (ByteView rest = out; !rest.empty() && self->open_;) {
            self->set_deadline(steady_clock::now() + self->options_.write_stall);
            const auto [error, count] = co_await self->socket_.async_write_some(
                asio::buffer(rest.data(), rest.size()), kAsTuple);
            self->set_deadline(net::Deadlines::kNever);
            rest = rest.subspan(count);
            if (count > 0) self->last_sent_ = steady_clock::now();
            if (error) self->close(self->broken(error, "sending"));
        }
    }
}

void Connection::close(Error why) {
    SystemError ignored;
    resolver_.cancel();
    socket_.close(ignored);
    if (!std::exchange(open_, false)) return;
    end_ = std::move(why);
    engine_->abandon(end_);
    room_.notify();
    output_.notify();
}

void Connection::on_deadline() {
    timed_out_ = true;
    close({Code::timeout, peer_ + " has taken nothing for too long."});
}

void Connection::on_sweep() {
    if (!open_) return;
    const auto now = steady_clock::now();
    const auto timeout = engine_->settings().max_timeout;
    engine_->sweep(now);
    if (engine_->open_streams() == 0 && now - last_used_ > options_.idle_timeout)
        return close({Code::connection_closed, "The connection was idle."});
    if (now - last_received_ > timeout)
        return close({Code::timeout, "Nothing was heard from " + peer_ + " for too long."});
    if (now - last_sent_ > timeout * 3 / 4) {
        last_sent_ = now;
        engine_->keepalive();
        output_.notify();
    }
}

std::unique_ptr<Stream> Connection::open_stream(std::size_t capacity) {
    std::unique_ptr<Stream> stream(new Stream(shared_from_this(), capacity));
    last_used_ = steady_clock::now();
    if (open_)
        stream->id_ = engine_->open(*stream);
    else
        stream->end_ = end_;
    return stream;
}

StreamSink& Connection::on_open(StreamId id) {
    begun_.emplace_back(new Stream(shared_from_this(), options_.accepted_capacity));
    begun_.back()->id_ = id;
    return *begun_.back();
}

void Connection::send(StreamId id, ByteView bytes) {
    engine_->write(id, bytes);
    output_.notify();
}

void Connection::forget(StreamId id) {
    last_used_ = steady_clock::now();
    engine_->close(id, last_used_);
    output_.notify();
}

}  // namespace siahub::sia::mux
