#pragma once
// For the tests of this layer: a server on its own threads and a client that is as rude as needed.

#include "http/server.hpp"

#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace siahub::http::testing {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class RawClient {
  public:
    explicit RawClient(std::uint16_t port, int receive_buffer = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (receive_buffer > 0)
            ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // A refused client notices when it sends.
        if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) close();
    }
    RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    ~RawClient() { close(); }

    // False when the server has reset the connection.
    bool send(std::string_view text) const {
        while (!text.empty()) {
            const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // What arrives until `enough` holds, the server closes, or five seconds pass.
    template <class Predicate>
    std::string receive_until(Predicate enough) {
        std::string all;
        const auto end = steady_clock::now() + std::chrono::seconds(5);
        while (fd_ >= 0 && !enough(all)) {
            pollfd state{.fd = fd_, .events = POLLIN, .revents = 0};
            const auto left =
                std::chrono::duration_cast<milliseconds>(end - steady_clock::now()).count();
            if (left <= 0 || ::poll(&state, 1, static_cast<int>(left)) <= 0) {
                timed_out_ = true;
                break;
            }
            std::array<char, 65536> buffer;
            const auto count = ::recv(fd_, buffer.data(), buffer.size(), 0);
            if (count <= 0) {
                was_reset_ = count < 0;
                break;
            }
            all.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return all;
    }
    std::string receive_all() {
        return receive_until([](const std::string&) { return false; });
    }
    std::string receive_answers(std::size_t count) {  // answers with Content-Length or without body
        return receive_until([count](const std::string& all) { return answers_in(all) >= count; });
    }
    std::string exchange(std::string_view request) {
        send(request);
        return receive_answers(1);
    }

    void shutdown_send() const { ::shutdown(fd_, SHUT_WR); }
    void reset() {  // an abortive close: RST instead of FIN
        const linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close();
    }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    [[nodiscard]] bool timed_out() const { return timed_out_; }
    [[nodiscard]] bool was_reset() const { return was_reset_; }

  private:
    static std::size_t answers_in(std::string_view all) {
        std::size_t count = 0;
        while (true) {
            const auto end = all.find("\r\n\r\n");
            if (end == std::string_view::npos) return count;
            const auto at = all.substr(0, end).find("Content-Length: ");
            const std::size_t body =
                at == std::string_view::npos ? 0 : std::strtoull(all.data() + at + 16, nullptr, 10);
            if (all.size() < end + 4 + body) return count;
            all.remove_prefix(end + 4 + body);
            ++count;
        }
    }

    int fd_;
    bool timed_out_ = false;
    bool was_reset_ = false;
};

// Byte n is n mod 251.
inline std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>(i % 251);
    return text;
}

inline std::string body_of(std::string_view answer) {
    const auto end = answer.find("\r\n\r\n");
    return std::string(end == std::string_view::npos ? "" : answer.substr(end + 4));
}

inline Response text_response(std::string text, unsigned status = 200) {
    Response response;
    response.status = status;
    response.body = std::move(text);
    return response;
}

// Routes are added before start().
class TestServer {
  public:
    explicit TestServer(ServerOptions options = {}, std::size_t threads = 2)
        : io_(threads), options_(std::move(options)) {
        io_.start();
    }
    ~TestServer() {
        stop(milliseconds(0));
        io_.stop();
    }

    Router router;

    std::uint16_t start() {
        server_.emplace(
            io_, log_, router,
            [](const Request&, unsigned status) {
                return text_response("fallback " + std::to_string(status), status);
            },
            [](const Request& request, Response& response) {
                response.headers.set("X-Request-Id", request.request_id);
            },
            options_);
        auto port = server_->start();
        EXPECT_TRUE(port) << port.error().message;
        return port.value_or(0);
    }
    [[nodiscard]] ServerStats stats() const { return server_->stats(); }
    void stop(milliseconds grace) {
        if (server_) server_->stop(grace);
        server_.reset();
    }

  private:
    Log log_{Log::Level::off};
    net::IoThreads io_;
    ServerOptions options_;
    std::optional<Server> server_;
};

// Waits for something that other threads bring about.
template <class Predicate>
bool eventually(Predicate holds) {
    const auto end = steady_clock::now() + std::chrono::seconds(5);
    while (!holds()) {
        if (steady_clock::now() > end) return false;
        std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
}

}  // namespace siahub::http::testing
