// Headers, queries, entity tags, dates, request ids: what needs no server.

#include "http/etag.hpp"
#include "http/message.hpp"
#include "http/query.hpp"
#include "http/request_id.hpp"
#include "http/response_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace siahub::http {
namespace {

TEST(Headers, FindSetRemoveWithoutCase) {
    Headers headers;
    headers.add("Set-Cookie", "a");
    headers.add("set-cookie", "b");
    headers.add("ETag", "\"x\"");
    EXPECT_EQ(headers.find("SET-COOKIE"), "a");
    EXPECT_EQ(headers.find("etag"), "\"x\"");
    EXPECT_EQ(headers.find("eta"), std::nullopt);
    headers.set("Set-Cookie", "c");
    ASSERT_EQ(headers.size(), 2U);
    EXPECT_EQ(headers[1].value, "c");
    headers.remove("etag");
    EXPECT_EQ(headers.all().size(), 1U);
}

TEST(Headers, NothingLeavesItsLine) {
    Headers headers;
    headers.add("X-Error-Message", "  one\r\nSet-Cookie: two\n\rthree\x7f- \r\n");
    headers.add("X-Nul", std::string_view("a\0b", 3));
    headers.add("Bad\r\nName", "x");
    headers.add("Bad Name", "x");
    headers.add("", "x");
    ASSERT_EQ(headers.size(), 2U);
    EXPECT_EQ(headers[0].value, "one  Set-Cookie: two  three -");
    EXPECT_EQ(headers[1].value, "a b");
    Response response;
    response.headers = headers;
    std::string wire;
    render_head(wire, response, {.length = 0}, "now");
    EXPECT_EQ(wire,
              "HTTP/1.1 200 OK\r\nDate: now\r\nX-Error-Message: one  Set-Cookie: two  three -\r\n"
              "X-Nul: a b\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseHead, HandlersCannotContradictTheFraming) {
    Response response;
    response.status = 299;
    for (const auto* name :
         {"Content-Length", "transfer-encoding", "Connection", "Date", "Keep-Alive"})
        response.headers.add(name, "1");
    std::string wire;
    render_head(wire, response, {.length = std::nullopt, .chunked = true, .close = true}, "D");
    EXPECT_EQ(wire,
              "HTTP/1.1 299 Unknown\r\nDate: D\r\nTransfer-Encoding: chunked\r\n"
              "Connection: close\r\n\r\n");
}

TEST(ResponseHead, Dates) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(Query, FormDecoding) {
    EXPECT_EQ(form_value("a=1&b=x+y%20z&b=2", "b"), "x y z");
    EXPECT_EQ(form_value("a=1&a%62=%E2%82%AC", "ab"), "\xe2\x82\xac");
    EXPECT_EQ(form_value("a&b", "a"), "");
    EXPECT_EQ(form_value("ab=1", "a"), std::nullopt);
    EXPECT_EQ(form_value("", "a"), std::nullopt);
    EXPECT_EQ(form_value("a=%&b=%z1&c=%4", "b"), "%z1");
    EXPECT_EQ(form_value("a=b=c", "a"), "b=c");
    EXPECT_THAT(form_values("expand=a&x=1&&expand=b&expand", "expand"),
                ::testing::ElementsAre("a", "b", ""));
    EXPECT_THAT(
        parse_form("paths=a%2Fb&expand=True&"),
        ::testing::ElementsAre(::testing::Pair("paths", "a/b"), ::testing::Pair("expand", "True")));
}

TEST(ETag, IfNoneMatchComparesWeakly) {
    for (const std::string_view header :
         {"\"a\"", "W/\"a\"", "\"x\", \"a\"", "\"x\",W/\"a\" ,\"y\"", "*", " ,\"a\""})
        EXPECT_TRUE(if_none_match(header, "\"a\"")) << header;
    for (const std::string_view header : {"", "a", "\"b\"", "\"A\"", "\"a", "x\"a\"", "\"x\" a"})
        EXPECT_FALSE(if_none_match(header, "\"a\"")) << header;
    EXPECT_TRUE(if_none_match("\"a,b\"", "W/\"a,b\""));
}

TEST(ETag, IfRangeComparesStrongly) {
    EXPECT_TRUE(if_range_allows("", "\"a\""));
    EXPECT_TRUE(if_range_allows("\"a\"", "\"a\""));
    EXPECT_FALSE(if_range_allows("W/\"a\"", "W/\"a\""));
    EXPECT_FALSE(if_range_allows("\"b\"", "\"a\""));
    EXPECT_FALSE(if_range_allows("Sun, 06 Nov 1994 08:49:37 GMT", "\"a\""));
}

TEST(RequestId, EchoesOrContainsOrIsNew) {
    RequestIds ids;
    std::string id;
    Headers headers;
    ids.assign(id, headers);
    EXPECT_THAT(id, ::testing::MatchesRegex("[0-9a-f]{32}"));
    const auto first = id;
    for (int i = 0; i < 100; ++i)
        ids.assign(id, headers);
    EXPECT_NE(id, first);
    headers.add("X-Amzn-Trace-Id", "11111111-2222");
    ids.assign(id, headers);
    EXPECT_THAT(id, ::testing::MatchesRegex("Root=1-[0-9a-f]{8}-[0-9a-f]{24};11111111-2222"));
    headers.add("x-request-id", "mine");
    ids.assign(id, headers);
    EXPECT_EQ(id, "mine");
}

}  // namespace
}  // namespace siahub::http
