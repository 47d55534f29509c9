// Bodies of requests over real sockets.

#include "http/http_test_support.hpp"

#include <gmock/gmock.h>

namespace siahub::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Task<Response> echo(Request& request) {
    auto body = co_await request.body->read_all(1024 * 1024);
    if (!body) co_return text_response(body.error().message, 400);
    co_return text_response(std::move(*body));
}

// Counts a body in a small buffer and checks its pattern: byte n is n mod 251.
Task<Response> count(Request& request) {
    std::array<std::byte, 10'000> buffer;
    std::uint64_t total = 0;
    bool good = true;
    for (;;) {
        const auto got = co_await request.body->read(buffer);
        if (!got) co_return text_response("error: " + got.error().message, 400);
        if (*got == 0) break;
        for (std::size_t i = 0; i < *got; ++i)
            good = good && buffer[i] == static_cast<std::byte>((total + i) % 251);
        total += *got;
    }
    co_return text_response(std::to_string(total) + (good ? " good" : " bad"));
}

Task<Response> refuse(Request&) {
    co_return text_response("no", 403);
}

class ServerBodies : public ::testing::Test {
  protected:
    void SetUp() override {
        server_.router.add(Method::post, "/echo", echo);
        server_.router.add(Method::put, "/count", count);
        server_.router.add(Method::put, "/refuse", refuse);
        port_ = server_.start();
    }
    std::string ask(std::string_view request) { return RawClient(port_).exchange(request); }

    TestServer server_;
    std::uint16_t port_ = 0;
};

TEST_F(ServerBodies, BodiesByLengthAndThenTheNextRequest) {
    RawClient client(port_);
    client.send(
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nde");
    const auto answers = client.receive_answers(3);
    EXPECT_THAT(answers, HasSubstr("Content-Length: 3\r\n\r\nabcHTTP/1.1"));
    EXPECT_THAT(answers, ::testing::EndsWith("Content-Length: 2\r\n\r\nde"));
}

TEST_F(ServerBodies, ChunkedBodiesSplitAnywhere) {
    const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string body = "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: x\r\n\r\n";
    RawClient client(port_);
    for (std::size_t split = 0; split < body.size(); ++split) {
        client.send(head + body.substr(0, split));
        std::this_thread::sleep_for(milliseconds(1));
        EXPECT_EQ(body_of(client.exchange(body.substr(split))), "hello world") << split;
    }
}

TEST_F(ServerBodies, LargeChunksGoStraightIntoTheHandlersBuffer) {
    const auto bytes = pattern(200'000);
    RawClient client(port_);
    client.send("PUT /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::size_t at = 0, size = 1; at < bytes.size(); at += size, size = size * 3 + 1) {
        const auto piece = bytes.substr(at, size);
        std::array<char, 16> line{};
        std::snprintf(line.data(), line.size(), "%zx\r\n", piece.size());
        client.send(line.data() + piece + "\r\n");
    }
    EXPECT_EQ(body_of(client.exchange("0\r\n\r\n")), "200000 good");
}

TEST_F(ServerBodies, BrokenChunksAreAnsweredAndEndTheConnection) {
    for (const std::string_view bad : {"5\r\nhelloX", "zz\r\n", "5\nhello\n0\n\n"}) {
        RawClient client(port_);
        client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                    std::string(bad) + "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
        client.shutdown_send();
        const auto answer = client.receive_all();
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
        EXPECT_THAT(answer, HasSubstr("Connection: close"));
        EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos);
    }
}

TEST_F(ServerBodies, ABodyCutShortIsAnErrorOfTheReader) {
    RawClient client(port_);
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    client.shutdown_send();
    EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(ServerBodies, ReadAllStopsAtItsLimit) {
    EXPECT_EQ(body_of(ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n")),
              "the request body is too large");
    const std::string limit(1024 * 1024, 'x');
    RawClient exact(port_);
    exact.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n");
    EXPECT_EQ(body_of(exact.exchange(limit)), limit);
    RawClient chunked(port_);
    chunked.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n");
    EXPECT_EQ(body_of(chunked.exchange(limit + "y\r\n0\r\n\r\n")), "the request body is too large");
}

TEST_F(ServerBodies, ContinueIsSentWhenTheHandlerReads) {
    RawClient client(port_);
    client.send(
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    const auto interim = client.receive_until(
        [](const std::string& all) { return all.find("\r\n\r\n") != std::string::npos; });
    EXPECT_EQ(interim, "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(body_of(client.exchange("ok")), "ok");

    RawClient refused(port_);
    refused.send(
        "PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    const auto answer = refused.receive_all();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST_F(ServerBodies, SmallUnreadBodiesAreSkipped) {
    RawClient client(port_);
    const std::string body = "Content-Length: 100000\r\n\r\n" + std::string(100'000, 'x');
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(body_of(client.exchange("PUT /refuse HTTP/1.1\r\nHost: h\r\n" + body)), "no");
    EXPECT_EQ(body_of(client.exchange("PUT /refuse HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                                      "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")),
              "no");
    EXPECT_EQ(body_of(client.exchange("PUT /count HTTP/1.1\r\nHost: h\r\n\r\n")), "0 good");
}

TEST_F(ServerBodies, AClientBusySendingCanReadItsRefusal) {
    for (const bool chunked : {false, true}) {
        RawClient client(port_);
        client.send("PUT /refuse HTTP/1.1\r\nHost: h\r\n" +
                    std::string(chunked ? "Transfer-Encoding: chunked\r\n\r\n2000000\r\n"
                                        : "Content-Length: 33554432\r\n\r\n"));
        const std::string block(1 << 20, 'x');
        for (int i = 0; i < 32; ++i)
            ASSERT_TRUE(client.send(block)) << i;
        EXPECT_THAT(client.receive_answers(1), StartsWith("HTTP/1.1 403 "));
        EXPECT_FALSE(client.was_reset());
    }
}

TEST_F(ServerBodies, LargeUploadsArriveWhole) {
    const auto bytes = pattern(251 * 40'000);
    RawClient client(port_);
    client.send("PUT /count HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                std::to_string(bytes.size() * 5) + "\r\n\r\n");
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(client.send(bytes));
    EXPECT_EQ(body_of(client.receive_answers(1)), std::to_string(bytes.size() * 5) + " good");
}

}  // namespace
}  // namespace siahub::http::testing
