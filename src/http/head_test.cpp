#include "http/head.hpp"

#include <gtest/gtest.h>

namespace siahub::http {
namespace {

unsigned status_of(std::string_view bytes) {
    RequestHead head;
    const auto parsed = parse_head(bytes, head);
    return parsed ? 200 : parsed.error().status;
}

std::string with(std::string_view fields) {
    return "POST /p HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

TEST(Head, UnderstandsWhatClientsSend) {
    RequestHead head;
    ASSERT_TRUE(
        parse_head("GET /a%20b/c?x=1&y=%2F HTTP/1.1\r\nHost: hub.example:8080\r\n"
                   "Accept:  text/plain \r\nX-Empty:\r\n\r\n",
                   head));
    EXPECT_EQ(head.method, Method::get);
    EXPECT_EQ(head.path, "/a%20b/c");
    EXPECT_EQ(head.query, "x=1&y=%2F");
    EXPECT_EQ(head.host, "hub.example:8080");
    EXPECT_EQ(head.headers.find("accept"), "text/plain");
    EXPECT_EQ(head.headers.find("x-empty"), "");
    EXPECT_TRUE(head.keep_alive);
    EXPECT_EQ(head.content_length, 0U);
}

TEST(Head, MethodsVersionsAndConnectionOptions) {
    RequestHead head;
    ASSERT_TRUE(parse_head("DELETE / HTTP/1.0\r\n\r\n", head));
    EXPECT_EQ(head.method, Method::del);
    EXPECT_TRUE(head.http_1_0);
    EXPECT_FALSE(head.keep_alive);
    ASSERT_TRUE(parse_head("PURGE / HTTP/1.1\r\nHost: h\r\nConnection: foo, Close\r\n\r\n", head));
    EXPECT_EQ(head.method, Method::other);
    EXPECT_FALSE(head.keep_alive);
    ASSERT_TRUE(parse_head("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", head));
    EXPECT_EQ(head.path, "*");
}

TEST(Head, AnAbsoluteTargetNamesTheHost) {
    RequestHead head;
    ASSERT_TRUE(parse_head("GET http://other:1/p?q HTTP/1.1\r\nHost: h\r\n\r\n", head));
    EXPECT_EQ(head.host, "other:1");
    EXPECT_EQ(head.path, "/p");
    EXPECT_EQ(head.query, "q");
    ASSERT_TRUE(parse_head("GET http://other?q HTTP/1.1\r\nHost: h\r\n\r\n", head));
    EXPECT_EQ(head.path, "/");
    EXPECT_EQ(head.query, "q");
}

TEST(Head, FramingOfBodies) {
    RequestHead head;
    ASSERT_TRUE(parse_head(with("Content-Length: 12\r\nExpect: 100-Continue\r\n"), head));
    EXPECT_EQ(head.content_length, 12U);
    EXPECT_TRUE(head.expects_continue);
    ASSERT_TRUE(parse_head(with("Transfer-Encoding: Chunked\r\n"), head));
    EXPECT_TRUE(head.chunked);
    ASSERT_TRUE(parse_head(with("Content-Length: 18446744073709551615\r\n"), head));
    EXPECT_EQ(head.content_length, UINT64_MAX);
}

TEST(Head, RefusesWhatCouldSmuggleARequest) {
    for (const std::string_view fields : {
             "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
             "Transfer-Encoding: chunked, chunked\r\n",
             "Transfer-Encoding: gzip, chunked\r\n",
             "Transfer-Encoding: chunked, identity\r\n",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: xchunked\r\n",
             "Transfer-Encoding: identity\r\n",
             "Transfer-Encoding:\r\n",
             "Transfer-Encoding : chunked\r\n",
             "Transfer-Encoding: \x0b"
             "chunked\r\n",
             "Transfer-Encoding\r\n : chunked\r\n",
             "Content-Length: 1\r\nContent-Length: 1\r\n",
             "Content-Length: 1\r\nContent-Length: 2\r\n",
             "Content-Length: 1, 1\r\n",
             "Content-Length: +1\r\n",
             "Content-Length: -1\r\n",
             "Content-Length: 0x1\r\n",
             "Content-Length: 1 2\r\n",
             "Content-Length:\r\n",
             "Content-Length: 18446744073709551616\r\n",
             "X: a\r\n folded\r\n",
             "X: a\r\n\tfolded\r\n",
             "X: a\nContent-Length: 1\r\n",
             "X: a\rContent-Length: 1\r\n",
             "X: a\r\r\n",
             "X Y: a\r\n",
             ": a\r\n",
             "no colon\r\n",
             "Host: h\r\n",
         })
        EXPECT_EQ(status_of(with(fields)), 400U) << fields;
    EXPECT_EQ(status_of(with(std::string("X: a\0b\r\n", 8))), 400U);
    EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400U);
}

TEST(Head, RefusesMalformedRequestLines) {
    for (const std::string_view line : {
             "GET  / HTTP/1.1",
             "GET / HTTP/1.1 ",
             "GET /",
             "GET / HTTP/1",
             "GET /a b HTTP/1.1",
             "GET a HTTP/1.1",
             "GET  HTTP/1.1",
             " GET / HTTP/1.1",
             "G<T / HTTP/1.1",
             "/ HTTP/1.1",
             "GET / HTP/1.1",
             "GET /#f HTTP/1.1",
             "CONNECT h:1 HTTP/1.1",
             "GET * HTTP/1.1",
             "GET http:/// HTTP/1.1",
             "GET http://a b/ HTTP/1.1",
             "GET http://a\"b/ HTTP/1.1",
         })
        EXPECT_EQ(status_of(std::string(line) + "\r\nHost: h\r\n\r\n"), 400U) << line;
    EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505U);
    EXPECT_EQ(status_of("GET / HTTP/1.2\r\nHost: h\r\n\r\n"), 505U);
}

TEST(Head, RefusesWithoutAUsableHost) {
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400U);
    EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 200U);
    for (const std::string_view host : {"", "a b", "a/b", "a@b", "a\"", "<script>"})
        EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"), 400U)
            << host;
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 200U);
}

TEST(Head, OtherLimits) {
    EXPECT_EQ(status_of(with("Expect: tea\r\n")), 417U);
    std::string many;
    for (int i = 0; i < 300; ++i)
        many += "A: b\r\n";
    EXPECT_EQ(status_of(with(many)), 431U);
}

TEST(Head, TheEndIsFoundHoweverTheBytesArrive) {
    const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n\r\nrest";
    for (std::size_t split = 0; split < bytes.size() - 4; ++split) {
        EXPECT_EQ(find_head_end(std::string_view(bytes).substr(0, split), 0), std::string::npos);
        EXPECT_EQ(find_head_end(bytes, split), bytes.size() - 4);
    }
}

TEST(Head, AHeadMayBeUsedAgain) {
    RequestHead head;
    ASSERT_TRUE(parse_head(with("Content-Length: 5\r\nExpect: 100-continue\r\n"), head));
    ASSERT_TRUE(parse_head("GET / HTTP/1.1\r\nHost: x\r\n\r\n", head));
    EXPECT_EQ(head.content_length, 0U);
    EXPECT_FALSE(head.expects_continue);
    EXPECT_EQ(head.headers.size(), 1U);
}

}  // namespace
}  // namespace siahub::http
