#include "http/client_test_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

namespace siahub::http::testing {
namespace {

// `count` pieces of `size` bytes.
class Pieces final : public BodySource {
  public:
    Pieces(std::size_t count, std::size_t size, std::atomic<int>* alive = nullptr)
        : left_(count), piece_(size, std::byte{'x'}), alive_(alive) {
        if (alive_ != nullptr) ++*alive_;
    }
    ~Pieces() override {
        if (alive_ != nullptr) --*alive_;
    }
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;
    Task<Result<ByteView>> next() override {
        if (left_ == 0) co_return ByteView();
        --left_;
        ++taken;
        co_return ByteView(piece_);
    }
    static inline std::atomic<int> taken = 0;

  private:
    std::size_t left_;
    Bytes piece_;
    std::atomic<int>* alive_;
};

// Never ends and never fails; counts how often it exists.
class Silence final : public BodySource {
  public:
    explicit Silence(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
    ~Silence() override { --alive_; }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    Task<Result<ByteView>> next() override {
        asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
        co_await timer.async_wait(asio::use_awaitable);
        co_return ByteView();
    }

  private:
    std::atomic<int>& alive_;
};

class Failing final : public BodySource {
  public:
    Task<Result<ByteView>> next() override {
        co_return fail(Code::payload_too_large, "the source gave up");
    }
};

ClientRequest put(std::uint16_t port, std::unique_ptr<BodySource> source,
                  std::optional<std::uint64_t> length) {
    auto request = request_to(port, "PUT", "/upload");
    request.body = StreamBody{std::move(source), length};
    return request;
}

Task<Response> count_bytes(Request& request) {
    std::vector<std::byte> buffer(64 * 1024);
    std::uint64_t total = 0;
    for (;;) {
        const auto count = co_await request.body->read(buffer);
        if (!count) co_return text_response("broken", 400);
        if (*count == 0) break;
        total += *count;
    }
    co_return text_response(std::to_string(total) + " " +
                            (request.body->content_length() ? "length" : "chunked"));
}

TEST(ClientBody, StreamsUploadsWithALengthAndWithout) {
    TestServer server;
    server.router.add(Method::put, "/upload", count_bytes);
    const auto port = server.start();
    ClientHarness harness;
    constexpr std::size_t count = 300;
    constexpr std::size_t size = 100'000;
    auto answer = harness.exchange(put(port, std::make_unique<Pieces>(count, size), count * size));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "30000000 length");
    answer = harness.exchange(put(port, std::make_unique<Pieces>(count, size), std::nullopt));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "30000000 chunked");
    EXPECT_EQ(harness.client().connections_opened(), 1U);
}

TEST(ClientBody, StreamsLargeAnswers) {
    TestServer server;
    server.router.add(Method::get, "/", [](Request&) -> Task<Response> {
        Response response;
        response.body = StreamBody{std::make_unique<Pieces>(500, 100'000), std::nullopt};
        co_return response;
    });
    const auto port = server.start();
    ClientHarness harness;
    const auto answer = harness.get(port);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, std::string(50'000'000, 'x'));
}

// A peer that reads nothing gets no more than the buffers of the kernel hold.
TEST(ClientBody, TakesFromItsSourceOnlyWhatTheServerReads) {
    std::atomic<bool> done = false;
    ScriptServer server({[&](ScriptPeer& peer) {
        peer.read_head();
        while (!done)
            std::this_thread::sleep_for(milliseconds(5));
    }});
    ClientOptions options;
    options.stall_timeout = milliseconds(300);
    ClientHarness harness(options);
    Pieces::taken = 0;
    const auto answer = harness.exchange(
        put(server.port(), std::make_unique<Pieces>(10'000, 100'000), std::nullopt));
    done = true;
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::timeout);
    EXPECT_LT(Pieces::taken, 200);
}

TEST(ClientBody, ReadsAnAnswerThatComesBeforeTheUploadHasEnded) {
    ScriptServer server({[](ScriptPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
        peer.wait_for_close();
    }});
    std::atomic<int> alive = 0;
    ClientHarness harness;
    const auto answer =
        harness.exchange(put(server.port(), std::make_unique<Silence>(alive), 1'000'000));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 413U);
    EXPECT_EQ(answer->body, "big");
    EXPECT_TRUE(eventually([&] { return alive == 0; }));
}

TEST(ClientBody, ReadsTheLastWordsOfAServerThatStoppedReading) {
    ScriptServer server({[](ScriptPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
        std::this_thread::sleep_for(milliseconds(50));  // then closes with unread bytes: a reset
    }});
    ClientHarness harness;
    const auto answer = harness.exchange(
        put(server.port(), std::make_unique<Pieces>(100'000, 100'000), std::nullopt));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 401U);
    EXPECT_EQ(answer->body, "no");
}

TEST(ClientBody, FailsWithTheErrorOfItsSource) {
    ScriptServer server({[](ScriptPeer& peer) { peer.wait_for_close(); }});
    ClientHarness harness;
    const auto answer =
        harness.exchange(put(server.port(), std::make_unique<Failing>(), std::nullopt));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::payload_too_large);
}

TEST(ClientBody, HoldsASourceToItsAnnouncedLength) {
    for (const std::uint64_t announced : {99U, 101U}) {
        ScriptServer server({[](ScriptPeer& peer) { peer.wait_for_close(); }});
        ClientHarness harness;
        const auto answer =
            harness.exchange(put(server.port(), std::make_unique<Pieces>(1, 100), announced));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, Code::internal);
    }
}

Task<unsigned> status_of(Client& client, ClientRequest request) {
    const auto response = co_await client.send(std::move(request));
    co_return response ? response->status : 0;
}

TEST(ClientBody, DroppingAnAnswerClosesTheConnection) {
    std::atomic<bool> closed = false;
    ScriptServer server({[&](ScriptPeer& peer) {
        peer.read_head();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nsome");
        peer.wait_for_close();
        closed = true;
    }});
    ClientHarness harness;
    harness.run([](Client& client, ClientRequest request) -> Task<int> {
        auto response = co_await client.send(std::move(request));
        EXPECT_TRUE(response);
        co_return 0;
    }(harness.client(), request_to(server.port())));
    EXPECT_TRUE(eventually([&] { return closed.load(); }));
}

TEST(ClientBody, CancellingATaskClosesItsConnectionAndDropsTheSource) {
    std::atomic<bool> closed = false;
    std::atomic<bool> reached = false;
    ScriptServer server({[&](ScriptPeer& peer) {
        peer.read_head();
        reached = true;
        peer.wait_for_close();
        closed = true;
    }});
    std::atomic<int> alive = 0;
    ClientHarness harness;
    asio::cancellation_signal cancel;
    std::promise<bool> failed;
    asio::co_spawn(harness.context(),
                   status_of(harness.client(),
                             put(server.port(), std::make_unique<Silence>(alive), std::nullopt)),
                   asio::bind_cancellation_slot(
                       cancel.slot(), [&](const std::exception_ptr& error, unsigned status) {
                           failed.set_value(error != nullptr || status == 0);
                       }));
    ASSERT_TRUE(eventually([&] { return reached.load(); }));
    asio::post(harness.context(), [&] { cancel.emit(asio::cancellation_type::terminal); });
    EXPECT_TRUE(failed.get_future().get());
    EXPECT_TRUE(eventually([&] { return closed && alive == 0; }));
}

// Notes how many are here at once.
Task<Response> stay_a_while(std::atomic<int>& now, std::atomic<int>& most) {
    most = std::max(most.load(), ++now);
    asio::steady_timer timer(co_await asio::this_coro::executor, milliseconds(20));
    co_await timer.async_wait(asio::use_awaitable);
    --now;
    co_return text_response("ok");
}

TEST(ClientBody, WaitsForATurnWhenAHostIsBusy) {
    TestServer server;
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;
    server.router.add(Method::get, "/", [&](Request&) { return stay_a_while(now, most); });
    const auto port = server.start();
    ClientOptions options;
    options.max_requests_per_host = 3;
    ClientHarness harness(options);
    std::vector<std::future<unsigned>> answers;
    for (int i = 0; i < 12; ++i)
        answers.push_back(asio::co_spawn(
            harness.context(), status_of(harness.client(), request_to(port)), asio::use_future));
    for (auto& answer : answers)
        EXPECT_EQ(answer.get(), 200U);
    EXPECT_LE(most, 3);
}

}  // namespace
}  // namespace siahub::http::testing
