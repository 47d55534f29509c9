// What observers are told about requests over real sockets, whichever way those end.

#include "http/file_response.hpp"
#include "http/http_test_support.hpp"
#include "http/observer.hpp"

#include <mutex>

#include <sys/mman.h>

namespace siahub::http::testing {
namespace {

constexpr std::size_t kFileBytes = 64UL * 1024 * 1024;  // more than fits into socket buffers

struct Seen {
    std::string method, path, query, user;
    std::size_t route = 0;
    unsigned status = 0;
    Ending ending = Ending::complete;
    std::uint64_t in = 0, out = 0;
    std::chrono::nanoseconds until_answer{}, duration{};
};

class Recorder final : public Observer {
  public:
    void ended(const Exchange& exchange) override {
        const auto& request = exchange.request;
        const std::scoped_lock guard(mutex_);
        seen_.push_back({std::string(method_name(request.method)), std::string(request.path),
                         std::string(request.query), request.notes.user, exchange.route,
                         exchange.status, exchange.ending, exchange.bytes_in, exchange.bytes_out,
                         exchange.until_answer, exchange.duration});
    }
    std::vector<Seen> wait_for(std::size_t count) {
        EXPECT_TRUE(eventually([&] { return all().size() >= count; }));
        return all();
    }
    std::vector<Seen> all() {
        const std::scoped_lock guard(mutex_);
        return seen_;
    }

  private:
    std::mutex mutex_;
    std::vector<Seen> seen_;
};

Task<Response> greet(Request& request) {
    request.notes.user = "alice";
    co_return text_response("hello");
}

Task<Response> take(Request& request) {
    const auto body = co_await request.body->read_all(1 << 20);
    co_return text_response("taken", body ? 200 : 500);
}

Task<Response> wait_for_ever(Request&) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_at(asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
    co_return text_response("never");
}

class Pieces final : public BodySource {
  public:
    Task<Result<ByteView>> next() override {
        if (first_) {
            first_ = false;
            co_return as_bytes("piece");
        }
        co_return fail(Code::unavailable, "a host went away");
    }

  private:
    bool first_ = true;
};

Task<Response> fail_halfway(Request&) {
    Response response;
    response.body = StreamBody{std::make_unique<Pieces>(), 100};
    co_return response;
}

Task<Response> large(Request& request) {
    const int fd = ::memfd_create("content", MFD_CLOEXEC);
    EXPECT_EQ(::ftruncate(fd, kFileBytes), 0);
    const FileContent content{std::make_shared<const FileHandle>(fd), kFileBytes, "a/b", "\"t\""};
    co_return file_response(content, request);
}

class ServerObservers : public ::testing::Test {
  protected:
    ServerObservers() : server_(options(recorder_)) {
        server_.router.add(Method::get, "/hello/{name}", greet);
        server_.router.add(Method::put, "/take", take);
        server_.router.add(Method::get, "/large", large);
        server_.router.add(Method::get, "/never", wait_for_ever);
        server_.router.add(Method::get, "/halfway", fail_halfway);
        port_ = server_.start();
    }
    static ServerOptions options(Recorder& recorder) {
        ServerOptions options;
        options.observers = {&recorder};
        options.stall_timeout = milliseconds(400);
        return options;
    }
    Seen only() {
        const auto seen = recorder_.wait_for(1);
        EXPECT_EQ(seen.size(), 1U);
        return seen.empty() ? Seen{} : seen.front();
    }

    Recorder recorder_;
    TestServer server_;
    std::uint16_t port_ = 0;
};

TEST_F(ServerObservers, AreToldWhatWasAnsweredByWhichRoute) {
    RawClient client(port_);
    client.exchange("GET /hello/you?secret=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    client.exchange(
        "PUT /take HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    client.exchange("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n");
    client.send("HEAD /hello/you HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto seen = recorder_.wait_for(4);
    ASSERT_EQ(seen.size(), 4U);
    EXPECT_EQ(seen[0].method, "GET");
    EXPECT_EQ(seen[0].path, "/hello/you");
    EXPECT_EQ(seen[0].user, "alice");
    EXPECT_EQ(server_.router.routes()[seen[0].route].pattern, "/hello/{name}");
    EXPECT_EQ(seen[0].status, 200U);
    EXPECT_EQ(seen[0].ending, Ending::complete);
    EXPECT_EQ(seen[0].out, 5U);
    EXPECT_LE(seen[0].until_answer, seen[0].duration);
    EXPECT_EQ(seen[1].in, 5U) << "without framing";
    EXPECT_EQ(seen[1].user, "") << "nothing of the request before";
    EXPECT_EQ(server_.router.routes()[seen[1].route].pattern, "/take");
    EXPECT_EQ(seen[2].status, 404U);
    EXPECT_EQ(seen[2].route, Router::kNoRoute);
    EXPECT_EQ(seen[3].method, "HEAD");
    EXPECT_EQ(seen[3].out, 0U);
    EXPECT_EQ(seen[3].route, seen[0].route);
}

TEST_F(ServerObservers, AreToldOfHeadsThatWereRefused) {
    RawClient(port_).exchange("nonsense\r\n\r\n");
    const auto seen = only();
    EXPECT_EQ(seen.status, 400U);
    EXPECT_EQ(seen.route, Router::kNoRoute);
}

TEST_F(ServerObservers, AreToldOfAClientThatLeavesItsDownload) {
    RawClient client(port_, 8192);
    client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    client.receive_until([](const std::string& all) { return all.size() > 10'000; });
    client.reset();
    const auto seen = only();
    EXPECT_EQ(seen.status, 200U) << "that is what it was answered";
    EXPECT_EQ(seen.ending, Ending::client_left);
    EXPECT_GT(seen.out, 1000U);
    EXPECT_LT(seen.out, kFileBytes);
}

TEST_F(ServerObservers, AreToldOfAClientThatLeavesItsUpload) {
    RawClient client(port_);
    client.send("PUT /take HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
    client.reset();
    const auto seen = only();
    EXPECT_EQ(seen.status, 499U);
    EXPECT_EQ(seen.ending, Ending::client_left);
    EXPECT_LE(seen.in, 3U);
}

TEST_F(ServerObservers, AreToldOfAClientThatLeavesWhileItsAnswerIsMade) {
    RawClient client(port_);
    client.send("GET /never HTTP/1.1\r\nHost: h\r\n\r\n");
    client.reset();
    const auto seen = only();
    EXPECT_EQ(seen.status, 499U);
    EXPECT_EQ(seen.ending, Ending::client_left);
    EXPECT_EQ(seen.out, 0U);
}

TEST_F(ServerObservers, AreToldOfClientsThatDoNothing) {
    RawClient uploads(port_);
    uploads.send("PUT /take HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
    RawClient downloads(port_, 8192);
    downloads.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto seen = recorder_.wait_for(2);
    ASSERT_EQ(seen.size(), 2U);
    for (const auto& each : seen) {
        EXPECT_EQ(each.ending, Ending::client_stalled);
        EXPECT_EQ(each.status, each.method == "PUT" ? 499U : 200U);
    }
}

TEST_F(ServerObservers, AreToldOfAnswersThatCannotBeFinished) {
    RawClient client(port_);
    client.send("GET /halfway HTTP/1.1\r\nHost: h\r\n\r\n");
    client.receive_all();
    const auto seen = only();
    EXPECT_EQ(seen.ending, Ending::failed);
    EXPECT_EQ(seen.out, 5U);
}

TEST_F(ServerObservers, AreToldOfRequestsThatTheEndOfTheServerCuts) {
    RawClient client(port_);
    client.send("GET /never HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(eventually([&] { return server_.stats().requests_in_flight == 1; }));
    server_.stop(milliseconds(0));
    const auto seen = only();
    EXPECT_EQ(seen.status, 503U);
    EXPECT_EQ(seen.ending, Ending::shut_down);
}

TEST_F(ServerObservers, AServerCountsWhatItMoves) {
    RawClient client(port_);
    const std::string request = "GET /hello/you HTTP/1.1\r\nHost: h\r\n\r\n";
    const auto answer = client.exchange(request);
    EXPECT_TRUE(eventually([&] { return server_.stats().requests_in_flight == 0; }));
    const auto stats = server_.stats();
    EXPECT_EQ(stats.connections, 1U);
    EXPECT_EQ(stats.received_bytes, request.size());
    EXPECT_EQ(stats.sent_bytes, answer.size());
    EXPECT_EQ(stats.refused_connections, 0U);
}

}  // namespace
}  // namespace siahub::http::testing
