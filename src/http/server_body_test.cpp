// Bodies in both directions over real sockets.

#include "http/file_response.hpp"
#include "http/http_test_support.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>

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

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>(i % 251);
    return text;
}

class Pieces final : public BodySource {
  public:
    Pieces(std::vector<std::string> pieces, bool fails)
        : pieces_(std::move(pieces)), fails_(fails) {}
    Task<Result<ByteView>> next() override {
        co_await asio::post(asio::use_awaitable);
        if (at_ < pieces_.size()) co_return as_bytes(pieces_[at_++]);
        if (fails_) co_return fail(Code::unavailable, "a host went away");
        co_return ByteView{};
    }

  private:
    std::vector<std::string> pieces_;
    std::size_t at_ = 0;
    bool fails_;
};

Task<Response> stream(Request& request) {
    Response response;
    std::vector<std::string> pieces{"one,", pattern(300'000), ",three"};
    if (request.query == "empty") pieces.clear();
    StreamBody body{std::make_unique<Pieces>(std::move(pieces), request.query == "fails"), {}};
    if (request.query == "exact") body.length = 300'010;
    if (request.query == "short") body.length = 300'011;
    if (request.query == "long") body.length = 300'009;
    response.body = std::move(body);
    co_return response;
}

std::shared_ptr<const FileHandle> memory_file(std::string_view content) {
    const int fd = ::memfd_create("content", MFD_CLOEXEC);
    EXPECT_EQ(::write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
    return std::make_shared<const FileHandle>(fd);
}

Task<Response> serve(const FileContent& content, Request& request) {
    co_return file_response(content, request);
}

class ServerBodies : public ::testing::Test {
  protected:
    void SetUp() override {
        server_.router.add(Method::post, "/echo", echo);
        server_.router.add(Method::put, "/count", count);
        server_.router.add(Method::put, "/refuse", refuse);
        server_.router.add(Method::get, "/stream", stream);
        server_.router.add(Method::get, "/file",
                           [this](Request& request) { return serve(content_, request); });
        server_.router.add(Method::get, "/truncated",
                           [this](Request& request) { return serve(truncated_, request); });
        port_ = server_.start();
    }
    std::string ask(std::string_view request) { return RawClient(port_).exchange(request); }
    std::string ask_file(std::string_view fields, std::string_view method = "GET") {
        return ask(std::string(method) + " /file HTTP/1.1\r\nHost: h\r\n" + std::string(fields) +
                   "\r\n");
    }
    std::string get_all(std::string_view target) {
        RawClient client(port_);
        client.send("GET " + std::string(target) +
                    " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        return client.receive_all();
    }

    std::string bytes_ = pattern(3'000'000);
    FileContent content_{memory_file(bytes_), bytes_.size(), "model/bin", "\"tag\""};
    FileContent truncated_{memory_file("too short"), 1000, "text/plain", ""};
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

TEST_F(ServerBodies, StreamsWithAndWithoutLength) {
    const auto whole = "one," + pattern(300'000) + ",three";
    EXPECT_EQ(body_of(get_all("/stream?exact")), whole);
    const auto chunked = get_all("/stream");
    EXPECT_THAT(chunked, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_THAT(chunked, ::testing::EndsWith("\r\n6\r\n,three\r\n0\r\n\r\n"));
    EXPECT_THAT(body_of(chunked), StartsWith("4\r\none,\r\n493e0\r\n"));
    EXPECT_EQ(body_of(get_all("/stream?empty")), "0\r\n\r\n");

    RawClient old(port_);
    old.send("GET /stream HTTP/1.0\r\n\r\n");
    EXPECT_EQ(body_of(old.receive_all()), whole);
}

TEST_F(ServerBodies, AStreamThatFailsIsCutNotEnded) {
    for (const std::string_view target : {"/stream?fails", "/stream?short", "/stream?long"}) {
        const auto answer = get_all(target);
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK")) << target;
        EXPECT_THAT(answer, ::testing::Not(::testing::EndsWith("0\r\n\r\n"))) << target;
    }
    EXPECT_LT(body_of(get_all("/stream?short")).size(), 300'011U);
    EXPECT_LT(body_of(get_all("/stream?long")).size(), 300'009U);
}

TEST_F(ServerBodies, FilesWholeAndByRange) {
    EXPECT_EQ(body_of(ask_file("")), bytes_);
    const auto single = ask_file("Range: bytes=100-199\r\n");
    EXPECT_THAT(single, StartsWith("HTTP/1.1 206 Partial Content"));
    EXPECT_THAT(single, HasSubstr("\r\nContent-Range: bytes 100-199/3000000\r\n"));
    EXPECT_THAT(single, HasSubstr("\r\nETag: \"tag\"\r\n"));
    EXPECT_EQ(body_of(single), bytes_.substr(100, 100));
    EXPECT_EQ(body_of(ask_file("Range: bytes=1000000-\r\n")), bytes_.substr(1'000'000));
    EXPECT_EQ(body_of(ask_file("Range: bytes=-5\r\n")), bytes_.substr(bytes_.size() - 5));
    const auto beyond = ask_file("Range: bytes=3000000-\r\n");
    EXPECT_THAT(beyond, StartsWith("HTTP/1.1 416 "));
    EXPECT_THAT(beyond, HasSubstr("\r\nContent-Range: bytes */3000000\r\n"));
    EXPECT_EQ(body_of(ask_file("Range: bytes=oops\r\n")), bytes_);
}

TEST_F(ServerBodies, SeveralRangesAsMultipart) {
    const auto answer = ask_file("Range: bytes=0-9,500000-1499999,-1\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 206 Partial Content"));
    const auto at = answer.find("boundary=") + 9;
    const auto boundary = answer.substr(at, answer.find("\r\n", at) - at);
    const auto part = [&](std::string_view range, const std::string& bytes) {
        return "\r\n--" + boundary + "\r\nContent-Type: model/bin\r\nContent-Range: bytes " +
               std::string(range) + "/3000000\r\n\r\n" + bytes;
    };
    EXPECT_EQ(body_of(answer), part("0-9", bytes_.substr(0, 10)) +
                                   part("500000-1499999", bytes_.substr(500'000, 1'000'000)) +
                                   part("2999999-2999999", bytes_.substr(2'999'999)) + "\r\n--" +
                                   boundary + "--\r\n");
}

TEST_F(ServerBodies, ConditionalRequests) {
    EXPECT_THAT(ask_file("If-None-Match: \"tag\"\r\n"), StartsWith("HTTP/1.1 304 "));
    EXPECT_THAT(ask_file("Range: bytes=0-0\r\nIf-Range: \"tag\"\r\n"), StartsWith("HTTP/1.1 206 "));
    EXPECT_THAT(ask_file("Range: bytes=0-0\r\nIf-Range: \"old\"\r\n"), StartsWith("HTTP/1.1 200 "));
    RawClient client(port_);
    client.send("HEAD /file HTTP/1.1\r\nHost: h\r\nRange: bytes=0-0\r\nConnection: close\r\n\r\n");
    const auto head = client.receive_all();
    EXPECT_THAT(head, HasSubstr("Content-Length: 3000000\r\n"));
    EXPECT_EQ(body_of(head), "");
}

TEST_F(ServerBodies, AFileShorterThanPromisedCutsTheConnection) {
    EXPECT_EQ(body_of(get_all("/truncated")), "too short");
}

TEST_F(ServerBodies, ASlowReaderGetsEverythingAnyway) {
    RawClient client(port_, 4096);
    client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n");
    std::this_thread::sleep_for(milliseconds(50));
    EXPECT_EQ(body_of(client.receive_answers(1)), bytes_);
}

}  // namespace
}  // namespace siahub::http::testing
