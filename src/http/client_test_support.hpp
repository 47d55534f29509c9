#pragma once
// For tests of the client: tasks run on its threads, and servers that send exactly what they are
// told.

#include "http/client.hpp"
#include "http/http_test_support.hpp"

#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace siahub::http::testing {

// One accepted connection of a ScriptServer.
class ScriptPeer {
  public:
    explicit ScriptPeer(int fd) : fd_(fd) {}
    ScriptPeer(const ScriptPeer&) = delete;
    ScriptPeer& operator=(const ScriptPeer&) = delete;
    ~ScriptPeer() { ::close(fd_); }

    // What has come when it contains `mark`, or what there was at the end.
    std::string read_until(std::string_view mark) {
        std::string all;
        std::array<char, 4096> buffer;
        while (!all.contains(mark)) {
            const auto count = ::recv(fd_, buffer.data(), buffer.size(), 0);
            if (count <= 0) break;
            all.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return all;
    }
    std::string read_head() { return read_until("\r\n\r\n"); }
    void write(std::string_view text) const {
        while (!text.empty()) {
            const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    // Blocks until the client closes.
    void wait_for_close() {
        while (!read_until("\x01never").empty()) {
        }
    }

  private:
    int fd_;
};

// Plays one script per connection, in turn, then stops listening.
class ScriptServer {
  public:
    using Script = std::function<void(ScriptPeer&)>;

    explicit ScriptServer(std::vector<Script> scripts)
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(listener_, 8), 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this, scripts = std::move(scripts)] {
            for (const auto& script : scripts) {
                const int fd = ::accept(listener_, nullptr, nullptr);
                if (fd < 0) return;
                ScriptPeer peer(fd);
                script(peer);
            }
        });
    }
    ScriptServer(const ScriptServer&) = delete;
    ScriptServer& operator=(const ScriptServer&) = delete;
    ~ScriptServer() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    int listener_;
    std::uint16_t port_ = 0;
    std::jthread thread_;
};

// Answers every connection's first request with these bytes and closes.
inline ScriptServer::Script say(std::string text) {
    return [text = std::move(text)](ScriptPeer& peer) {
        peer.read_head();
        peer.write(text);
    };
}

struct Answer {
    unsigned status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::optional<std::uint64_t> length;
    std::string body;
};

class ClientHarness {
  public:
    explicit ClientHarness(ClientOptions options = {}) : io_(1) {
        io_.start();
        client_ = Client::open(io_, std::move(options)).value();
    }
    ~ClientHarness() {
        client_.reset();
        io_.stop();
    }
    ClientHarness(const ClientHarness&) = delete;
    ClientHarness& operator=(const ClientHarness&) = delete;

    Client& client() { return *client_; }
    asio::io_context& context() { return io_.context(0); }

    template <class T>
    T run(Task<T> task) {
        return asio::co_spawn(io_.context(0), std::move(task), asio::use_future).get();
    }
    // The request and its whole answer.
    Result<Answer> exchange(ClientRequest request) { return run(collect(std::move(request))); }
    Result<Answer> get(std::uint16_t port, std::string target = "/") {
        ClientRequest request;
        request.origin = {false, "127.0.0.1", port};
        request.target = std::move(target);
        return exchange(std::move(request));
    }

  private:
    Task<Result<Answer>> collect(ClientRequest request) {
        auto response = CO_TRY(co_await client_->send(std::move(request)));
        Answer answer;
        answer.status = response.status;
        answer.length = response.content_length;
        for (const auto& [name, value] : response.headers.all())
            answer.headers.emplace_back(name, value);
        answer.body = CO_TRY(co_await response.body->read_all(64 << 20));
        co_return answer;
    }

    net::IoThreads io_;
    std::unique_ptr<Client> client_;
};

inline ClientRequest request_to(std::uint16_t port, std::string method = "GET",
                                std::string target = "/") {
    ClientRequest request;
    request.method = std::move(method);
    request.origin = {false, "127.0.0.1", port};
    request.target = std::move(target);
    return request;
}

}  // namespace siahub::http::testing
