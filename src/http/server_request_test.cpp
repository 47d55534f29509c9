// Requests and answers over real sockets.

#include "http/http_test_support.hpp"

#include <gmock/gmock.h>

namespace siahub::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Task<Response> hello(Request&) {
    co_return text_response("hello");
}

Task<Response> describe(Request& request) {
    std::string text = std::string(request.path) + "|" + std::string(request.query) + "|" +
                       request.base_url + "|" + request.peer_address;
    for (const auto capture : request.captures)
        text += "|" + std::string(capture);
    co_return text_response(std::move(text));
}

Task<Response> with_status(Request& request) {
    co_return text_response("body", static_cast<unsigned>(std::stoul(std::string(request.query))));
}

Task<Response> throwing(Request&) {
    co_await asio::post(asio::use_awaitable);
    throw std::runtime_error("a bug");
}

Task<Response> injecting(Request&) {
    Response response = text_response("x");
    response.headers.add("Location", "/a\r\nSet-Cookie: evil=1\r\n\r\n<html>");
    co_return response;
}

Task<Response> announcing(Request&) {
    Response response;
    response.announced_length = 123456789012;
    co_return response;
}

class ServerRequests : public ::testing::Test {
  protected:
    void SetUp() override {
        server_.router.add(Method::get, "/hello", hello);
        server_.router.add(Method::get, "/describe/{a}/{b*}", describe);
        server_.router.add(Method::get, "/status", with_status);
        server_.router.add(Method::get, "/throw", throwing);
        server_.router.add(Method::get, "/inject", injecting);
        server_.router.add(Method::head, "/announce", announcing);
        port_ = server_.start();
    }
    std::string ask(std::string_view request) { return RawClient(port_).exchange(request); }

    TestServer server_;
    std::uint16_t port_ = 0;
};

TEST_F(ServerRequests, AnswersWithDateLengthAndRequestId) {
    const auto answer = ask("GET /hello HTTP/1.1\r\nHost: h\r\nX-Request-Id: abc\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
    EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 5\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nX-Request-Id: abc\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr("Connection:")));
    EXPECT_EQ(body_of(answer), "hello");
}

TEST_F(ServerRequests, TellsHandlersHowTheyWereAddressed) {
    EXPECT_EQ(body_of(ask("GET /describe/x%2Fy/z/?q=1&r HTTP/1.1\r\nHost: hub:81\r\n\r\n")),
              "/describe/x%2Fy/z/|q=1&r|http://hub:81|127.0.0.1|x%2Fy|z/");
    EXPECT_EQ(body_of(ask("GET http://proxy/describe/a HTTP/1.1\r\nHost: h\r\n\r\n")),
              "/describe/a||http://proxy|127.0.0.1|a|");
    EXPECT_THAT(body_of(ask("GET /describe/a HTTP/1.0\r\n\r\n")),
                HasSubstr("|http://127.0.0.1:" + std::to_string(port_) + "|"));
}

TEST_F(ServerRequests, PipelinedRequestsAreAnsweredInOrder) {
    RawClient client(port_);
    std::string requests;
    for (int i = 0; i < 50; ++i)
        requests += "GET /describe/" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    client.send(requests);
    const auto answers = client.receive_answers(50);
    std::size_t at = 0;
    for (int i = 0; i < 50; ++i) {
        at = answers.find("/describe/" + std::to_string(i) + "|", at);
        ASSERT_NE(at, std::string::npos) << i;
    }
}

TEST_F(ServerRequests, AHeadMaySplitAtEveryByte) {
    const std::string request = "GET /hello HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
    RawClient client(port_);
    for (std::size_t split = 1; split < request.size(); ++split) {
        client.send(std::string_view(request).substr(0, split));
        std::this_thread::sleep_for(milliseconds(1));
        EXPECT_EQ(body_of(client.exchange(std::string_view(request).substr(split))), "hello")
            << split;
    }
    for (const char c : request)
        client.send({&c, 1});
    EXPECT_EQ(body_of(client.receive_answers(1)), "hello");
}

TEST_F(ServerRequests, EmptyLinesBeforeARequestAreSkipped) {
    EXPECT_EQ(body_of(ask("\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n")), "hello");
}

TEST_F(ServerRequests, HeadSendsOnlyTheHead) {
    RawClient client(port_);
    const std::string request = "HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n";
    client.send(request + "HEAD /announce HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const auto answers = client.receive_all();
    EXPECT_THAT(answers, HasSubstr("Content-Length: 5\r\n\r\nHTTP/1.1 200 OK"));
    EXPECT_THAT(answers, HasSubstr("Content-Length: 123456789012\r\n"));
    EXPECT_THAT(answers, ::testing::EndsWith("Connection: close\r\n\r\n"));
}

TEST_F(ServerRequests, SomeStatusesHaveNoBody) {
    for (const std::string_view status : {"204", "304"}) {
        RawClient client(port_);
        client.send("GET /status?" + std::string(status) +
                    " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        const auto answer = client.receive_all();
        EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n"));
        EXPECT_THAT(answer, Not(HasSubstr("Content-Length")));
    }
}

TEST_F(ServerRequests, UnknownPathsAndMethods) {
    EXPECT_THAT(ask("GET /nope HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 404 Not Found"));
    const auto answer = ask("PURGE /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 Method Not Allowed"));
    EXPECT_THAT(answer, HasSubstr("\r\nAllow: GET, HEAD\r\n"));
    EXPECT_EQ(body_of(answer), "fallback 405");
}

TEST_F(ServerRequests, AThrowingHandlerIsA500AndTheConnectionGoesOn) {
    RawClient client(port_);
    EXPECT_THAT(client.exchange("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n"),
                StartsWith("HTTP/1.1 500 "));
    EXPECT_EQ(body_of(client.exchange("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")), "hello");
}

TEST_F(ServerRequests, HeadersCannotBeInjected) {
    const auto answer = ask("GET /inject HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(answer, Not(HasSubstr("\r\nSet-Cookie")));
    EXPECT_EQ(body_of(answer), "x");
}

TEST_F(ServerRequests, KeepAliveFollowsVersionAndHeader) {
    RawClient close(port_);
    close.send("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(close.receive_all(), HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_FALSE(close.timed_out());

    RawClient old(port_);
    old.send("GET /hello HTTP/1.0\r\n\r\n");
    EXPECT_THAT(old.receive_all(), HasSubstr("\r\nConnection: close\r\n"));

    RawClient kept(port_);
    EXPECT_THAT(kept.exchange("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
                HasSubstr("\r\nConnection: keep-alive\r\n"));
    EXPECT_EQ(body_of(kept.exchange("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")),
              "hello");
}

TEST_F(ServerRequests, BadHeadsGetAnAnswerAndTheDoor) {
    for (const auto& [request, status] : std::initializer_list<std::pair<std::string, int>>{
             {"nonsense\r\n\r\n", 400},
             {std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10), 400},
             {"GET / HTTP/1.1\r\n\r\n", 400},
             {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505},
             {"GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(70'000, 'x'), 431},
             {"GET /" + std::string(70'000, 'x'), 414},
             {"GET / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n", 417},
             {"POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
              "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n",
              400}}) {
        RawClient client(port_);
        client.send(request);
        client.shutdown_send();
        const auto answer = client.receive_all();
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(status)));
        EXPECT_THAT(answer, HasSubstr("Connection: close"));
        EXPECT_THAT(answer, HasSubstr("fallback"));
        EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos);  // nothing smuggled
        EXPECT_FALSE(client.was_reset());
        EXPECT_FALSE(client.timed_out());
    }
}

TEST_F(ServerRequests, HalfAHeadAndGoodbye) {
    RawClient client(port_);
    client.send("GET /hello HTT");
    client.shutdown_send();
    EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(ServerRequests, ManyConnectionsAtOnce) {
    std::vector<RawClient> clients;
    for (int i = 0; i < 300; ++i)
        clients.emplace_back(port_);
    for (int round = 0; round < 3; ++round) {
        for (auto& client : clients)
            client.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
        for (auto& client : clients)
            EXPECT_EQ(body_of(client.receive_answers(1)), "hello");
    }
}

}  // namespace
}  // namespace siahub::http::testing
