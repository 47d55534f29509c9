// Bodies of answers over real sockets: streams and files.

#include "http/file_response.hpp"
#include "http/http_test_support.hpp"

#include <gmock/gmock.h>
#include <sys/mman.h>

namespace siahub::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

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

// Its first part is there, the next ones come when the gate opens.
class GatedParts final : public FileParts {
  public:
    explicit GatedParts(std::shared_ptr<const FileHandle> file) : file_(std::move(file)) {}
    Task<Result<std::shared_ptr<const FileHandle>>> open(std::uint64_t offset,
                                                         std::uint64_t length) override {
        ++asked;
        most = std::max<std::uint64_t>(most, length);
        if (offset > 0) {
            const Count inside(waiting);
            asio::steady_timer pause(co_await asio::this_coro::executor);
            while (!is_open && !fails) {
                pause.expires_after(milliseconds(1));
                co_await pause.async_wait(asio::use_awaitable);
            }
        }
        if (offset > 0 && fails) co_return fail(Code::unavailable, "a host went away");
        co_return file_;
    }

    std::atomic<bool> is_open = false, fails = false;
    std::atomic<int> asked = 0, waiting = 0;
    std::atomic<std::uint64_t> most = 0;

  private:
    struct Count {
        explicit Count(std::atomic<int>& inside) : count(inside) { ++count; }
        ~Count() { --count; }
        Count(const Count&) = delete;
        Count& operator=(const Count&) = delete;
        std::atomic<int>& count;
    };
    std::shared_ptr<const FileHandle> file_;
};

class ServerAnswers : public ::testing::Test {
  protected:
    void SetUp() override {
        server_.router.add(Method::get, "/stream", stream);
        server_.router.add(Method::get, "/file",
                           [this](Request& request) { return serve(content_, request); });
        server_.router.add(Method::get, "/truncated",
                           [this](Request& request) { return serve(truncated_, request); });
        server_.router.add(Method::get, "/parts",
                           [this](Request& request) { return serve(parts_content_, request); });
        port_ = server_.start();
    }
    // The head and the first part of an answer whose other parts are still on their way.
    std::string begin(RawClient& client) {
        client.send("GET /parts HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        return client.receive_until([](const std::string& got) {
            return body_of(got).size() >= FileParts::kPartStep / 32;
        });
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
    std::shared_ptr<GatedParts> parts_ = std::make_shared<GatedParts>(content_.file);
    FileContent parts_content_{nullptr, bytes_.size(), "model/bin", "\"tag\"", parts_};
    TestServer server_;
    std::uint16_t port_ = 0;
};

TEST_F(ServerAnswers, TheFirstPartLeavesWhileTheNextIsFetched) {
    RawClient client(port_);
    auto answer = begin(client);
    EXPECT_EQ(body_of(answer), bytes_.substr(0, FileParts::kPartStep / 32));
    EXPECT_TRUE(eventually([this] { return parts_->waiting == 1; }));
    EXPECT_EQ(parts_->asked, 2);
    parts_->is_open = true;
    EXPECT_EQ(body_of(answer + client.receive_all()), bytes_);
    EXPECT_GT(parts_->most, FileParts::kPartStep / 32);
    EXPECT_LE(parts_->most, FileParts::kPartStep);
}

TEST_F(ServerAnswers, APartThatDoesNotComeCutsTheAnswer) {
    RawClient client(port_);
    auto answer = begin(client);
    parts_->fails = true;
    EXPECT_LT(body_of(answer + client.receive_all()).size(), bytes_.size());
}

TEST_F(ServerAnswers, AClientThatLeavesEndsTheFetchOfTheNextPart) {
    {
        RawClient client(port_);
        begin(client);
        EXPECT_TRUE(eventually([this] { return parts_->waiting == 1; }));
        client.reset();
    }
    EXPECT_TRUE(eventually([this] { return parts_->waiting == 0; }));
}

TEST_F(ServerAnswers, StreamsWithAndWithoutLength) {
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

TEST_F(ServerAnswers, AStreamThatFailsIsCutNotEnded) {
    for (const std::string_view target : {"/stream?fails", "/stream?short", "/stream?long"}) {
        const auto answer = get_all(target);
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK")) << target;
        EXPECT_THAT(answer, ::testing::Not(::testing::EndsWith("0\r\n\r\n"))) << target;
    }
    EXPECT_LT(body_of(get_all("/stream?short")).size(), 300'011U);
    EXPECT_LT(body_of(get_all("/stream?long")).size(), 300'009U);
}

TEST_F(ServerAnswers, FilesWholeAndByRange) {
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

TEST_F(ServerAnswers, SeveralRangesAsMultipart) {
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

TEST_F(ServerAnswers, ConditionalRequests) {
    EXPECT_THAT(ask_file("If-None-Match: \"tag\"\r\n"), StartsWith("HTTP/1.1 304 "));
    EXPECT_THAT(ask_file("Range: bytes=0-0\r\nIf-Range: \"tag\"\r\n"), StartsWith("HTTP/1.1 206 "));
    EXPECT_THAT(ask_file("Range: bytes=0-0\r\nIf-Range: \"old\"\r\n"), StartsWith("HTTP/1.1 200 "));
    RawClient client(port_);
    client.send("HEAD /file HTTP/1.1\r\nHost: h\r\nRange: bytes=0-0\r\nConnection: close\r\n\r\n");
    const auto head = client.receive_all();
    EXPECT_THAT(head, HasSubstr("Content-Length: 3000000\r\n"));
    EXPECT_EQ(body_of(head), "");
}

TEST_F(ServerAnswers, AFileShorterThanPromisedCutsTheConnection) {
    EXPECT_EQ(body_of(get_all("/truncated")), "too short");
}

TEST_F(ServerAnswers, ASlowReaderGetsEverythingAnyway) {
    RawClient client(port_, 4096);
    client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n");
    std::this_thread::sleep_for(milliseconds(50));
    EXPECT_EQ(body_of(client.receive_answers(1)), bytes_);
}

}  // namespace
}  // namespace siahub::http::testing
