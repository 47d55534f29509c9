#include "net/timed_socket.hpp"

#include "core/temp_dir.hpp"
#include "net/gate.hpp"
#include "net/io_threads.hpp"
#include "net/listener.hpp"

#include <csignal>
#include <fstream>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace siahub::net {
namespace {

using asio::ip::tcp;
constexpr std::chrono::milliseconds kStall{1000};

struct Pair {
    tcp::socket near;
    tcp::socket far;
};

Pair connected(asio::io_context& context) {
    auto acceptor = listen(context, "127.0.0.1", 0);
    tcp::socket far(context);
    far.connect(acceptor->local_endpoint());
    // listen() makes the acceptor non-blocking; the connection is complete, so this does not wait.
    tcp::socket near = acceptor->accept();
    near.non_blocking(true);
    return {.near = std::move(near), .far = std::move(far)};
}

void reset(tcp::socket& socket) {
    socket.set_option(asio::socket_base::linger(true, 0));
    socket.close();
}

// The first call may learn of the reset, the second meets a closed pipe.
Task<int> send_until_refused(TimedSocket& socket, int fd, std::uint64_t size) {
    int refused = 0;
    for (int i = 0; i < 3; ++i) {
        const auto sent = co_await socket.send_file(fd, 0, size, kStall);
        if (!sent && sent.error().code == Code::connection_closed) ++refused;
    }
    co_return refused;
}

TEST(TimedSocket, SendingAFileToAPeerThatIsGoneIsAnErrorAndNotASignal) {
    const auto previous = std::signal(SIGPIPE, SIG_DFL);
    const TempDir dir;
    const auto path = dir.path() / "file";
    std::ofstream(path) << std::string(1 << 20, 'x');
    const auto file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>(
        std::fopen(path.c_str(), "rb"), std::fclose);
    IoThreads io(1);
    Deadlines deadlines(io.context(0), kStall);
    auto [near, far] = connected(io.context(0));
    Traffic traffic;
    TimedSocket socket(std::move(near), deadlines, [] {}, traffic);
    reset(far);
    int refused = 0;
    Gate gate;
    asio::co_spawn(io.context(0), send_until_refused(socket, fileno(file.get()), 1 << 20),
                   [&refused, pass = Gate::Pass(gate)](const std::exception_ptr& error, int count) {
                       EXPECT_EQ(error, nullptr);
                       refused = count;
                   });
    io.start();
    gate.wait();
    io.stop();
    EXPECT_GE(refused, 2);
    std::signal(SIGPIPE, previous);
}

int option_of(tcp::socket& socket, int option) {
    int value = -1;
    socklen_t size = sizeof value;
    EXPECT_EQ(::getsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, &size), 0);
    return value;
}

std::string congestion_control_of(tcp::socket& socket) {
    std::string name(16, '\0');
    auto size = static_cast<socklen_t>(name.size());
    EXPECT_EQ(::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_CONGESTION, name.data(), &size),
              0);
    return name.c_str();
}

Task<void> send_twice(TimedSocket& socket, int fd, std::uint64_t size, bool& sent) {
    const auto first = co_await socket.send_file(fd, 0, size, kStall);
    const auto second = co_await socket.send_file(fd, size / 2, 1, kStall);
    sent = first.has_value() && second.has_value();
}

TEST(TimedSocket, AFileArrivesWholeAndNothingIsHeldBack) {
    constexpr std::size_t kSize = (3 << 20) + 12'345;
    const TempDir dir;
    const auto path = dir.path() / "file";
    std::string content(kSize, '\0');
    for (std::size_t i = 0; i < kSize; ++i)
        content[i] = static_cast<char>(i * 7919 >> 8);
    std::ofstream(path, std::ios::binary) << content;
    const auto file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>(
        std::fopen(path.c_str(), "rb"), std::fclose);
    IoThreads io(1);
    Deadlines deadlines(io.context(0), kStall);
    auto [near, far] = connected(io.context(0));
    const int near_fd = near.native_handle();
    Traffic traffic;
    TimedSocket socket(std::move(near), deadlines, [] {}, traffic);
    bool sent = false;
    Gate gate;
    asio::co_spawn(
        io.context(0), send_twice(socket, fileno(file.get()), kSize, sent),
        [pass = Gate::Pass(gate)](const std::exception_ptr& error) { EXPECT_EQ(error, nullptr); });
    io.start();
    std::string received(kSize + 1, '\0');
    far.non_blocking(false);
    asio::read(far, asio::buffer(received));
    gate.wait();
    int corked = -1;
    socklen_t size = sizeof corked;
    ::getsockopt(near_fd, IPPROTO_TCP, TCP_CORK, &corked, &size);
    io.stop();
    EXPECT_TRUE(sent);
    EXPECT_EQ(corked, 0);
    EXPECT_EQ(received, content + content[kSize / 2]);
}

TEST(Listener, ConnectionsOfThisHostAreNotPacedAndAnswersNotDelayed) {
    asio::io_context context;
    auto [near, far] = connected(context);
    const auto before = congestion_control_of(near);
    tune_accepted(near, {asio::ip::make_address("192.0.2.1"), 1});
    EXPECT_EQ(congestion_control_of(near), before);
    tune_accepted(near, near.remote_endpoint());
    EXPECT_EQ(congestion_control_of(near), "reno");
    EXPECT_NE(option_of(near, TCP_NODELAY), 0);
}

}  // namespace
}  // namespace siahub::net
