// Deadlines, limits, clients that go away, and the end of a server.

#include "core/work_pool.hpp"
#include "http/http_test_support.hpp"

#include <gmock/gmock.h>

namespace siahub::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kHello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

ServerOptions impatient() {
    ServerOptions options;
    options.head_timeout = options.idle_timeout = options.stall_timeout = milliseconds(60);
    options.linger_timeout = milliseconds(60);
    return options;
}

Task<Response> hello(Request&) {
    co_return text_response("hello");
}

Task<Response> read_all(Request& request) {
    const auto body = co_await request.body->read_all(1 << 20);
    if (body) co_return text_response("read");
    co_return text_response(body.error().message, body.error().code == Code::timeout ? 408 : 400);
}

// Handlers that wait; `alive` counts their frames.
struct Alive {
    explicit Alive(std::atomic<int>& counter) : count(counter) { ++count; }
    ~Alive() { --count; }
    std::atomic<int>& count;
};

Task<Response> wait_for(milliseconds time, std::atomic<int>& alive, Request&) {
    const Alive guard(alive);
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
    co_return text_response("waited");
}

Task<Response> stubborn(WorkPool& pool, std::atomic<int>& alive, Request&) {
    const Alive guard(alive);
    for (int i = 0; i < 1000; ++i)
        co_await pool.run([] {
            std::this_thread::sleep_for(milliseconds(2));
            return 0;
        });
    co_return text_response("waited");
}

class Endless final : public BodySource {
  public:
    Endless(std::atomic<int>& alive, bool idle) : guard_(alive), idle_(idle) {}
    Task<Result<ByteView>> next() override {
        if (idle_) {
            asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
            co_await timer.async_wait(asio::use_awaitable);
        }
        co_return ByteView(block_);
    }

  private:
    Alive guard_;
    bool idle_;
    std::vector<std::byte> block_ = std::vector<std::byte>(100'000);
};

Task<Response> endless(std::atomic<int>& alive, Request& request) {
    Response response;
    response.body =
        StreamBody{std::make_unique<Endless>(alive, request.query == "idle"), std::nullopt};
    co_return response;
}

class ServerLimits : public ::testing::Test {
  protected:
    std::uint16_t start(ServerOptions options) {
        server_.emplace(std::move(options));
        auto& router = server_->router;
        router.add(Method::get, "/hello", hello);
        router.add(Method::put, "/read", read_all);
        router.add(Method::get, "/wait", [this](Request& request) {
            return wait_for(milliseconds(100), alive_, request);
        });
        router.add(Method::get, "/forever", [this](Request& request) {
            return wait_for(std::chrono::hours(1), alive_, request);
        });
        router.add(Method::get, "/work",
                   [this](Request& request) { return stubborn(pool_, alive_, request); });
        router.add(Method::get, "/endless",
                   [this](Request& request) { return endless(alive_, request); });
        return server_->start();
    }
    bool comes_alive() {
        return eventually([&] { return alive_ > 0; });
    }
    bool dies() {
        return eventually([&] { return alive_ == 0; });
    }
    void TearDown() override {
        if (server_) server_->stop(milliseconds(0));
        EXPECT_EQ(alive_, 0);
        pool_.stop();
        server_.reset();
    }

    std::atomic<int> alive_ = 0;
    WorkPool pool_{2};
    std::optional<TestServer> server_;
};

TEST_F(ServerLimits, SlowHeadsAreCutHoweverTheyTrickle) {
    const auto port = start(impatient());
    RawClient client(port);
    const auto begin = steady_clock::now();
    for (int i = 0; i < 100 && client.send("G"); ++i)
        std::this_thread::sleep_for(milliseconds(5));
    EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
    EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(3));
}

TEST_F(ServerLimits, IdleConnectionsAreClosedWithoutAWord) {
    const auto port = start(impatient());
    RawClient silent(port);
    EXPECT_EQ(silent.receive_all(), "");
    RawClient used(port);
    EXPECT_EQ(body_of(used.exchange(kHello)), "hello");
    EXPECT_EQ(used.receive_all(), "");
    EXPECT_FALSE(used.timed_out());
}

TEST_F(ServerLimits, StalledUploadsEnd) {
    const auto port = start(impatient());
    RawClient client(port);
    client.send("PUT /read HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 40; ++i) {  // a byte now and then is no progress
        client.send("x");
        std::this_thread::sleep_for(milliseconds(5));
    }
    EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ServerLimits, ReadersWhoStopReadingEnd) {
    const auto port = start(impatient());
    RawClient client(port, 4096);
    client.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(comes_alive());
    EXPECT_TRUE(dies());
}

TEST_F(ServerLimits, AClientThatGoesAwayCancelsItsHandler) {
    const auto port = start(impatient());
    for (const std::string_view path : {"/forever", "/work", "/endless", "/endless?idle"}) {
        for (const bool abruptly : {false, true}) {
            RawClient client(port);
            client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
            ASSERT_TRUE(comes_alive()) << path;
            if (abruptly) client.reset();
            client.close();
            EXPECT_TRUE(dies()) << path;
        }
    }
    EXPECT_EQ(body_of(RawClient(port).exchange(kHello)), "hello");
}

TEST_F(ServerLimits, TooManyConnectionsAreTurnedAway) {
    ServerOptions options;
    options.max_connections = 3;
    const auto port = start(options);
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back(port);
        EXPECT_EQ(body_of(clients.back().exchange(kHello)), "hello");
    }
    RawClient surplus(port);
    surplus.send(kHello);
    EXPECT_THAT(surplus.receive_answers(1), StartsWith("HTTP/1.1 503 "));
    clients.pop_back();
    EXPECT_TRUE(eventually([&] { return body_of(RawClient(port).exchange(kHello)) == "hello"; }));
}

TEST_F(ServerLimits, StoppingLetsRequestsInFlightEnd) {
    const auto port = start({});
    RawClient idle(port);
    EXPECT_EQ(body_of(idle.exchange(kHello)), "hello");
    RawClient busy(port);
    busy.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(comes_alive());
    const auto begin = steady_clock::now();
    server_->stop(std::chrono::seconds(20));
    EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
    const auto answer = busy.receive_all();
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
    EXPECT_EQ(body_of(answer), "waited");
    EXPECT_EQ(idle.receive_all(), "");
    EXPECT_FALSE(idle.timed_out());
}

TEST_F(ServerLimits, StoppingCutsWhatDoesNotEnd) {
    const auto port = start({});
    std::vector<RawClient> clients;
    for (const std::string_view path : {"/forever", "/work", "/endless", "/endless?idle"}) {
        clients.emplace_back(port, 4096);
        clients.back().send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    clients.emplace_back(port);
    clients.back().send("PUT /read HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
    ASSERT_TRUE(eventually([&] { return alive_ == 4; }));
    server_->stop(milliseconds(20));
    EXPECT_EQ(alive_, 0);
}

TEST_F(ServerLimits, StoppingUnderLoadNeverCrashes) {
    for (int round = 0; round < 5; ++round) {
        const auto port = start({});
        std::atomic<bool> over = false;
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&over, port] {
                while (!over)
                    RawClient(port).exchange(kHello);
            });
        std::this_thread::sleep_for(milliseconds(20));
        server_->stop(milliseconds(round));
        over = true;
    }
}

}  // namespace
}  // namespace siahub::http::testing
