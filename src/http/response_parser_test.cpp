#include "http/response_parser.hpp"

#include <gtest/gtest.h>

namespace siahub::http {
namespace {

Result<ResponseHead> parse(std::string_view fields, std::string_view line = "HTTP/1.1 200 OK") {
    return parse_response_head(std::string(line) + "\r\n" + std::string(fields) + "\r\n");
}

TEST(ResponseParser, UnderstandsWhatServersSend) {
    const auto sized = parse("Content-Length: 12\r\nX-Empty:\r\nx-a:  b \r\n");
    ASSERT_TRUE(sized);
    EXPECT_EQ(sized->status, 200U);
    EXPECT_EQ(sized->content_length, 12U);
    EXPECT_FALSE(sized->chunked);
    EXPECT_TRUE(sized->keep_alive);
    EXPECT_FALSE(sized->interim());
    EXPECT_EQ(sized->headers.find("X-A"), "b");
    EXPECT_EQ(sized->headers.size(), 3U);
    const auto chunked = parse("Transfer-Encoding: Chunked\r\nConnection: close\r\n");
    ASSERT_TRUE(chunked);
    EXPECT_TRUE(chunked->chunked);
    EXPECT_FALSE(chunked->content_length);
    EXPECT_FALSE(chunked->keep_alive);
    const auto neither = parse("", "HTTP/1.0 404 Not Found");
    ASSERT_TRUE(neither);
    EXPECT_FALSE(neither->chunked || neither->content_length || neither->keep_alive);
    EXPECT_TRUE(parse("", "HTTP/1.1 103 Early Hints")->interim());
}

TEST(ResponseParser, RefusesWhatTwoReadersCouldFrameDifferently) {
    for (const std::string_view fields : {
             "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
             "Transfer-Encoding: gzip, chunked\r\n",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: identity\r\n",
             "Transfer-Encoding:\r\n",
             "Content-Length: 1\r\nContent-Length: 1\r\n",
             "Content-Length: 1, 1\r\n",
             "Content-Length: +1\r\n",
             "Content-Length: -1\r\n",
             "Content-Length:\r\n",
             "Content-Length: 18446744073709551616\r\n",
             "X: a\r\n folded\r\n",
             "X: a\nContent-Length: 1\r\n",
             "X: a\rContent-Length: 1\r\n",
             "no colon\r\n",
         }) {
        const auto refused = parse(fields);
        ASSERT_FALSE(refused) << fields;
        EXPECT_EQ(refused.error().code, Code::unavailable);
        EXPECT_TRUE(refused.error().message.starts_with("malformed answer: "));
    }
    EXPECT_FALSE(parse("Transfer-Encoding: chunked\r\n", "HTTP/1.0 200 OK"));
}

TEST(ResponseParser, RefusesMalformedStatusLines) {
    for (const std::string_view line :
         {"HTTP/2.0 200 OK", "HTTP/1.2 200 OK", "HTTP/1.1 099 Low", "HTTP/1.1 600 High",
          "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "200 OK", "GET / HTTP/1.1", ""})
        EXPECT_FALSE(parse("", line)) << line;
}

TEST(ResponseParser, TakesExactlyOneHeadOfNotTooManyFields) {
    EXPECT_FALSE(parse_response_head("HTTP/1.1 200 OK\r\n"));
    EXPECT_FALSE(parse_response_head("HTTP/1.1 200 OK\r\n\r\nbody"));
    std::string many;
    for (int i = 0; i < 500; ++i)
        many += "A: b\r\n";
    EXPECT_TRUE(parse(many));
    EXPECT_FALSE(parse(many + "A: b\r\n"));
}

}  // namespace
}  // namespace siahub::http
