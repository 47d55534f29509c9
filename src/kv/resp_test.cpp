#include "kv/resp_replay.hpp"

#include <gtest/gtest.h>

namespace siahub::kv {
namespace {

using Kind = Reply::Kind;
using test::Replay;

Reply text(std::string value, Kind kind = Kind::text) {
    Reply reply;
    reply.kind = kind;
    reply.text = std::move(value);
    return reply;
}
Reply number(std::int64_t value) {
    Reply reply;
    reply.kind = Kind::integer;
    reply.integer = value;
    return reply;
}
Reply list(std::vector<Reply> items) {
    Reply reply;
    reply.kind = Kind::list;
    reply.list = std::move(items);
    return reply;
}

Replay parse(std::string_view bytes, std::size_t piece, RespLimits limits = {}) {
    return test::replay(bytes, piece, limits);
}

void expect_replies(std::string_view bytes, const std::vector<Reply>& replies) {
    for (const std::size_t piece : {bytes.size(), std::size_t{1}, std::size_t{2}, std::size_t{7}})
        EXPECT_EQ(parse(bytes, piece), (Replay{replies, ""})) << bytes << " by " << piece;
}

std::string error_of(std::string_view bytes, RespLimits limits = {}) {
    const auto whole = parse(bytes, bytes.size(), limits);
    EXPECT_EQ(parse(bytes, 1, limits).error, whole.error) << bytes;
    return whole.error;
}

TEST(Resp, CommandsAreListsOfTexts) {
    EXPECT_EQ(encode_command({"SET", "k\r\n", ""}), "*3\r\n$3\r\nSET\r\n$3\r\nk\r\n\r\n$0\r\n\r\n");
    EXPECT_EQ(encode_command({"PING"}), "*1\r\n$4\r\nPING\r\n");
}

TEST(Resp, EveryTypeInPiecesOfAnySize) {
    expect_replies("+OK\r\n", {text("OK", Kind::status)});
    expect_replies("+\r\n", {text("", Kind::status)});
    expect_replies("-ERR no\r\n", {text("ERR no", Kind::error)});
    expect_replies(":0\r\n:-7\r\n:+7\r\n:9223372036854775807\r\n",
                   {number(0), number(-7), number(7), number(INT64_MAX)});
    expect_replies("$0\r\n\r\n$5\r\na\r\nb\r\r\n$-1\r\n", {text(""), text("a\r\nb\r"), Reply{}});
    expect_replies("*0\r\n*-1\r\n", {list({}), Reply{}});
    expect_replies(
        "*3\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n+y\r\n:5\r\n",
        {list({number(1), list({text("x"), Reply{}}), text("y", Kind::status)}), number(5)});
}

TEST(Resp, NothingComesOfATruncatedReply) {
    const std::string whole = "*2\r\n*1\r\n$3\r\nabc\r\n:12\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(parse(whole.substr(0, size), 1), Replay{}) << size;
}

TEST(Resp, BrokenBytesAreNamed) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"\r\n", "empty line"},
        {"!x\r\n", "unknown type"},
        {"HTTP/1.1 400 Bad Request\r\n", "unknown type"},
        {":\r\n", "integer"},
        {":1x\r\n", "integer"},
        {":++1\r\n", "integer"},
        {":9223372036854775808\r\n", "integer"},
        {"$x\r\n", "size is no number"},
        {"$-2\r\n", "size is no number"},
        {"$1\r\nab\r\n", "longer than it says"},
        {"$99999999999\r\n", "text beyond the limit"},
        {"$9223372036854775807\r\n", "text beyond the limit"},
        {"*-2\r\n", "size is no number"},
        {"*999999999\r\n", "list beyond the limit"},
        {"+a\rb\r\n", "CR LF"},
        {"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "nests lists"},
    };
    for (const auto& [bytes, error] : cases)
        EXPECT_TRUE(error_of(bytes).contains(error)) << bytes << ": " << error_of(bytes);
}

TEST(Resp, MemoryIsBoundedWhateverIsClaimed) {
    const RespLimits small{.reply_bytes = 1000, .line_bytes = 100, .depth = 8};
    EXPECT_TRUE(error_of("$990\r\n", small).contains("text beyond"));
    EXPECT_TRUE(error_of("*2\r\n$500\r\n" + std::string(500, 'x') + "\r\n$400\r\n", small)
                    .contains("text beyond"));
    EXPECT_TRUE(error_of("+" + std::string(101, 'x'), small).contains("line beyond"));
    EXPECT_TRUE(error_of("*100\r\n", small).contains("list beyond"));
    std::string many = "*11\r\n";
    for (int i = 0; i < 11; ++i)
        many += "*3\r\n:1\r\n:1\r\n:1\r\n";
    EXPECT_TRUE(error_of(many, small).contains("beyond the limit"));
    for (const auto* nothing : {"*0\r\n", "$-1\r\n", "*-1\r\n"}) {
        std::string nothings = "*10\r\n*5\r\n";
        for (int i = 0; i < 14; ++i)
            nothings += nothing;
        EXPECT_TRUE(error_of(nothings, small).contains("beyond the limit")) << nothing;
    }
    // The limit is for one reply, not for a connection.
    std::string long_life;
    for (int i = 0; i < 1000; ++i)
        long_life += "$200\r\n" + std::string(200, 'y') + "\r\n";
    EXPECT_EQ(parse(long_life, 333, small).replies.size(), 1000U);
}

TEST(Resp, ABrokenStreamStaysBroken) {
    RespParser parser;
    parser.feed("!\r\n+OK\r\n");
    EXPECT_FALSE(parser.next());
    parser.feed("+OK\r\n");
    EXPECT_FALSE(parser.next());
}

}  // namespace
}  // namespace siahub::kv
