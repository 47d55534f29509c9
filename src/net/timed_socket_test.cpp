#include "net/timed_socket.hpp"

#include "core/temp_dir.hpp"
#include "net/gate.hpp"
#include "net/io_threads.hpp"
#include "net/listener.hpp"

#include <csignal>
#include <fstream>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

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
    TimedSocket socket(std::move(near), deadlines, [] {});
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

}  // namespace
}  // namespace siahub::net
