#include "sia/mux/connection.hpp"

#include "net/listener.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace siahub::sia::mux {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

const Ed25519PrivateKey kHostKey(Ed25519Seed{});
constexpr std::size_t kCapacity = 64 * 1024;

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

// A host whose streams go to the test, and what is needed to dial it.
struct Lab {
    explicit Lab(ConnectionOptions host_options_in = {}) : host_options(host_options_in) {
        asio::co_spawn(context, deadlines.run(), rethrow);
    }

    Connection::Home home() {
        return {.executor = context.get_executor(), .deadlines = deadlines, .gate = gate};
    }
    Address address() const { return {"127.0.0.1", acceptor.local_endpoint().port()}; }

    Task<Result<std::shared_ptr<Connection>>> dial(ConnectionOptions options = {}) {
        return Connection::dial(home(), address(), public_key_of(kHostKey), options);
    }
    Task<void> accept() {
        auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        auto accepted = co_await Connection::accept(
            home(), std::move(socket), kHostKey,
            [this](std::unique_ptr<Stream> stream) { streams.push_back(std::move(stream)); },
            host_options);
        if (accepted) host = *accepted;
    }
    // Both ends of a new connection.
    Task<std::shared_ptr<Connection>> connect(ConnectionOptions options = {}) {
        auto dialled = co_await (dial(options) && accept());
        EXPECT_TRUE(dialled) << dialled.error().message;
        co_return *dialled;
    }
    Task<Stream*> next_stream() {
        while (streams.empty())
            co_await pause(1ms);
        taken.push_back(std::move(streams.front()));
        streams.erase(streams.begin());
        co_return taken.back().get();
    }
    Task<void> pause(std::chrono::milliseconds time) {
        asio::steady_timer timer(context, time);
        co_await timer.async_wait(asio::use_awaitable);
    }

    void run(Task<void> test) {
        asio::co_spawn(context, std::move(test), [this](const std::exception_ptr& thrown) {
            streams.clear();
            taken.clear();
            acceptor.close();
            if (host) host->close({Code::connection_closed, "over"});
            deadlines.stop();
            rethrow(thrown);
        });
        context.run();
        EXPECT_TRUE(gate.wait_for(0ms));
    }

    ConnectionOptions host_options;
    asio::io_context context{1};
    net::Deadlines deadlines{context, 5ms};
    net::Gate gate;
    asio::ip::tcp::acceptor acceptor = net::listen(context, "127.0.0.1", 0).value();
    std::shared_ptr<Connection> host;
    std::vector<std::unique_ptr<Stream>> streams, taken;
};

Task<std::string> read_text(Stream& stream, std::size_t size) {
    std::string text(size, '\0');
    const auto done =
        co_await stream.read_exactly(std::as_writable_bytes(std::span(text.data(), size)));
    co_return done ? text : done.error().message;
}

// A function, so that a test may be a coroutine of its own and still fail with a line.
void expect_ok(const Result<void>& result) {
    EXPECT_TRUE(result) << result.error().message;
}

Task<void> talk(Lab& lab) {
    const auto connection = co_await lab.connect();
    const auto stream = connection->open_stream(kCapacity);
    expect_ok(co_await stream->write(as_bytes("question")));
    Stream& other = *co_await lab.next_stream();
    EXPECT_EQ(co_await read_text(other, 3), "que");
    EXPECT_EQ(co_await read_text(other, 5), "stion");
    expect_ok(co_await other.write(as_bytes("answer")));
    other.close();
    EXPECT_EQ(co_await read_text(*stream, 6), "answer");
    EXPECT_EQ(co_await read_text(*stream, 1), "The peer closed the stream.");
    EXPECT_FALSE(co_await stream->write(as_bytes("more")));
    connection->close({Code::connection_closed, "over"});
}

TEST(MuxConnection, CarriesStreams) {
    Lab lab;
    lab.run(talk(lab));
}

Task<void> pump(Stream& stream, std::size_t size, char fill, std::size_t& done) {
    const std::string text(size, fill);
    expect_ok(co_await stream.write(as_bytes(text)));
    done += size;
}

Task<void> drain(Stream& stream, std::size_t size, char fill) {
    for (std::size_t at = 0; at < size;) {
        const auto count = std::min<std::size_t>(size - at, 50'000);
        if (co_await read_text(stream, count) != std::string(count, fill))
            throw std::runtime_error("wrong bytes");
        at += count;
    }
}

// More than all buffers hold, in both directions at once on several streams.
Task<void> flood(Lab& lab) {
    constexpr std::size_t kSize = 3'000'000;
    const auto connection = co_await lab.connect();
    const auto a = connection->open_stream(2 * kSize), b = connection->open_stream(2 * kSize);
    expect_ok(co_await a->write(as_bytes("a")));
    expect_ok(co_await b->write(as_bytes("b")));
    Stream& at_a = *co_await lab.next_stream();
    Stream& at_b = *co_await lab.next_stream();
    std::size_t done = 0;
    co_await (pump(*a, kSize, 'x', done) && pump(*b, kSize, 'y', done) &&
              pump(at_a, kSize, 'p', done) && pump(at_b, kSize, 'q', done) &&
              drain(*a, kSize, 'p') && drain(*b, kSize, 'q'));
    EXPECT_EQ(done, 4 * kSize);
    EXPECT_EQ(co_await read_text(at_a, 1), "a");
    EXPECT_EQ(co_await read_text(at_b, 1), "b");
    co_await (drain(at_a, kSize, 'x') && drain(at_b, kSize, 'y'));
    connection->close({Code::connection_closed, "over"});
}

TEST(MuxConnection, KeepsStreamsApartUnderLoad) {
    Lab lab;
    lab.run(flood(lab));
}

Task<void> overfill(Lab& lab) {
    const auto connection = co_await lab.connect();
    const auto small = connection->open_stream(1000), other = connection->open_stream(1000);
    expect_ok(co_await small->write(as_bytes("?")));
    expect_ok(co_await other->write(as_bytes("!")));
    Stream& at_small = *co_await lab.next_stream();
    Stream& at_other = *co_await lab.next_stream();
    expect_ok(co_await at_small.write(as_bytes(std::string(1001, 'x'))));
    expect_ok(co_await at_other.write(as_bytes("behind it")));
    EXPECT_EQ(co_await read_text(*other, 9), "behind it");
    EXPECT_EQ(co_await read_text(*small, 1), "The peer sent more than it was asked for.");
    // The other end hears of it, and the connection goes on.
    EXPECT_EQ(co_await read_text(at_small, 1), "?");
    EXPECT_EQ(co_await read_text(at_small, 1), "The peer closed the stream.");
    EXPECT_TRUE(connection->is_open());
    connection->close({Code::connection_closed, "over"});
}

TEST(MuxConnection, ClosesAStreamThatHoldsTooMuch) {
    Lab lab;
    lab.run(overfill(lab));
}

Task<void> stuck(Lab& lab, Connection& connection, bool& ended) {
    const auto stream = connection.open_stream(kCapacity);
    const std::string much(64 << 20, 'x');
    const auto done = co_await stream->write(as_bytes(much));
    EXPECT_EQ(done.error().code, Code::timeout);
    ended = true;
    co_await lab.pause(0ms);
}

// A listener that shakes hands and then reads nothing.
Task<void> play_dead(Lab& lab) {
    auto socket = co_await lab.acceptor.async_accept(asio::use_awaitable);
    AcceptorHandshake handshake(kHostKey, X25519Key{std::byte{9}}, {});
    for (Bytes in; handshake.wants() > 0;) {
        in.resize(handshake.wants());
        co_await asio::async_read(socket, asio::buffer(in), asio::use_awaitable);
        const auto out = handshake.feed(in).value();
        co_await asio::async_write(socket, asio::buffer(out), asio::use_awaitable);
    }
    co_await lab.pause(10s);
}

Task<void> dial_the_dead(Lab& lab) {
    const auto connection = (co_await lab.dial({.write_stall = 30ms})).value();
    bool ended = false;
    co_await stuck(lab, *connection, ended);
    EXPECT_TRUE(ended);
    EXPECT_FALSE(connection->is_open());
}

Task<void> stall(Lab& lab) {
    co_await (dial_the_dead(lab) || play_dead(lab));
}

TEST(MuxConnection, EndsWhenThePeerTakesNothing) {
    Lab lab;
    lab.run(stall(lab));
}

Task<void> cancel_waiting(Lab& lab) {
    const auto connection = co_await lab.connect();
    auto stream = connection->open_stream(kCapacity);
    expect_ok(co_await stream->write(as_bytes("?")));
    const auto outcome = co_await (read_text(*stream, 1) || lab.pause(5ms));
    EXPECT_EQ(outcome.index(), 1u);
    Stream& other = *co_await lab.next_stream();
    EXPECT_EQ(co_await read_text(other, 1), "?");
    stream.reset();
    EXPECT_EQ(co_await read_text(other, 1), "The peer closed the stream.");
    EXPECT_TRUE(connection->is_open());
    EXPECT_EQ(connection->open_streams(), 0u);
    connection->close({Code::connection_closed, "over"});
}

TEST(MuxConnection, StreamsEndWithTheTaskThatIsCancelled) {
    Lab lab;
    lab.run(cancel_waiting(lab));
}

Task<void> go_idle(Lab& lab) {
    const auto connection = co_await lab.connect({.idle_timeout = 20ms});
    auto stream = connection->open_stream(kCapacity);
    expect_ok(co_await stream->write(as_bytes("?")));
    co_await lab.pause(60ms);
    EXPECT_TRUE(connection->is_open());
    stream.reset();
    while (connection->is_open() || lab.host->is_open())
        co_await lab.pause(1ms);
    const auto late = connection->open_stream(kCapacity);
    EXPECT_EQ((co_await late->write(as_bytes("?"))).error().code, Code::connection_closed);
}

TEST(MuxConnection, EndsWhenNobodyNeedsIt) {
    Lab lab;
    lab.run(go_idle(lab));
}

Task<void> break_off(Lab& lab) {
    const auto connection = co_await lab.connect();
    const auto stream = connection->open_stream(kCapacity);
    expect_ok(co_await stream->write(as_bytes("?")));
    co_await lab.next_stream();
    lab.host->close({Code::connection_closed, "gone"});
    std::byte byte;
    const auto read = co_await stream->read_exactly({&byte, 1});
    EXPECT_EQ(read.error().code, Code::connection_closed);
    EXPECT_FALSE(connection->is_open());
}

TEST(MuxConnection, TellsItsStreamsWhenItBreaks) {
    Lab lab;
    lab.run(break_off(lab));
}

Task<void> dial_badly(Lab& lab) {
    const auto stranger =
        co_await (Connection::dial(lab.home(), lab.address(), PublicKey{}, {}) && lab.accept());
    EXPECT_EQ(stranger.error().code, Code::invalid_credentials);
    const auto nowhere =
        co_await Connection::dial(lab.home(), {"127.0.0.1", 1}, public_key_of(kHostKey), {});
    EXPECT_EQ(nowhere.error().code, Code::unavailable);
    // Nobody answers: the listener's backlog takes the connection.
    const auto silent = co_await lab.dial({.dial_timeout = 20ms});
    EXPECT_EQ(silent.error().code, Code::timeout);
}

TEST(MuxConnection, SaysWhyItCouldNotDial) {
    Lab lab;
    lab.run(dial_badly(lab));
}

Task<void> dial_cancelled(Lab& lab) {
    const auto outcome = co_await (lab.dial() || lab.pause(10ms));
    EXPECT_EQ(outcome.index(), 1u);
}

TEST(MuxConnection, CanBeCancelledWhileItDials) {
    Lab lab;
    lab.run(dial_cancelled(lab));
}

}  // namespace
}  // namespace siahub::sia::mux
