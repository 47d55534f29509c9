#include "http/content_response.hpp"

#include "core/run_task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace siahub::http {
namespace {

constexpr std::string_view kContent = "0123456789";

class StringSource final : public BodySource {
  public:
    explicit StringSource(std::string text) : text_(std::move(text)) {}
    Task<Result<ByteView>> next() override {
        sent_ = std::exchange(text_, "");
        co_return as_bytes(sent_);
    }

  private:
    std::string text_, sent_;
};

class StringOpener final : public ContentOpener {
  public:
    Task<Result<std::unique_ptr<BodySource>>> open(ByteSpan span) override {
        co_return std::make_unique<StringSource>(
            std::string(kContent.substr(span.offset, span.length)));
    }
};

Task<void> drain(StreamBody& body, std::string& out) {
    for (;;) {
        const auto bytes = co_await body.source->next();
        if (!bytes || bytes->empty()) co_return;
        out += as_chars(*bytes);
    }
}

std::string body_of(Response& response) {
    if (auto* text = std::get_if<std::string>(&response.body)) return *text;
    auto& stream = std::get<StreamBody>(response.body);
    std::string out;
    boost::asio::io_context io;
    boost::asio::co_spawn(io, drain(stream, out), [](std::exception_ptr) {});
    io.run();
    EXPECT_EQ(stream.length, out.size());
    return out;
}

struct Case {
    std::string_view range;
    unsigned status;
    std::string_view body;  // of one part
};

TEST(ContentResponse, MemoryAndStreamAnswerRangesAlike) {
    for (const auto& [range, status, body] :
         {Case{"", 200, "0123456789"}, Case{"bytes=2-4", 206, "234"}, Case{"bytes=7-", 206, "789"},
          Case{"bytes=-2", 206, "89"}, Case{"bytes=5-99", 206, "56789"},
          Case{"bytes=10-", 416, ""}}) {
        Headers headers;
        if (!range.empty()) headers.add("Range", range);
        Request request;
        request.headers = &headers;
        const ContentFacts facts{kContent.size(), "text/plain", "\"e\""};
        auto bytes = bytes_response(std::string(kContent), facts, request);
        auto stream = stream_response(std::make_unique<StringOpener>(), facts, request);
        EXPECT_EQ(bytes.status, status) << range;
        EXPECT_EQ(stream.status, status) << range;
        EXPECT_EQ(body_of(bytes), body);
        EXPECT_EQ(body_of(stream), body);
        EXPECT_EQ(bytes.headers.find("Content-Range"), stream.headers.find("Content-Range"));
    }
}

TEST(ContentResponse, SeveralRangesAreMultipart) {
    Headers headers;
    headers.add("Range", "bytes=0-1,8-8");
    Request request;
    request.headers = &headers;
    const ContentFacts facts{kContent.size(), "text/plain", ""};
    auto response = stream_response(std::make_unique<StringOpener>(), facts, request);
    EXPECT_EQ(response.status, 206);
    const auto body = body_of(response);
    EXPECT_NE(body.find("Content-Range: bytes 0-1/10\r\n\r\n01\r\n--"), std::string::npos) << body;
    EXPECT_NE(body.find("Content-Range: bytes 8-8/10\r\n\r\n8\r\n--"), std::string::npos) << body;
}

class BrokenOpener final : public ContentOpener {
  public:
    Task<Result<std::unique_ptr<BodySource>>> open(ByteSpan) override {
        co_return fail(Code::unavailable, "nobody has it");
    }
};

TEST(ContentResponse, WhatCannotBeginIsKnownBeforeTheHead) {
    Request request;
    const Headers none;
    request.headers = &none;
    const ContentFacts facts{kContent.size(), "text/plain", ""};
    auto whole = stream_response(std::make_unique<StringOpener>(), facts, request);
    EXPECT_TRUE(run_task(prime(whole)));
    EXPECT_EQ(body_of(whole), kContent);
    auto broken = stream_response(std::make_unique<BrokenOpener>(), facts, request);
    EXPECT_EQ(run_task(prime(broken)).error().code, Code::unavailable);
    Response plain;
    EXPECT_TRUE(run_task(prime(plain)));
}

TEST(ContentResponse, MatchingEtagIs304) {
    Headers headers;
    headers.add("If-None-Match", "\"e\"");
    Request request;
    request.headers = &headers;
    EXPECT_EQ(bytes_response("x", {1, "text/plain", "\"e\""}, request).status, 304);
}

}  // namespace
}  // namespace siahub::http
