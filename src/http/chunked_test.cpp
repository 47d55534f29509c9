#include "http/chunked.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace siahub::http {
namespace {

// Decodes input given in pieces; nullopt when it is broken or does not end.
std::optional<std::string> decode(std::string_view bytes, std::size_t piece) {
    ChunkedDecoder decoder;
    std::string out;
    for (std::size_t at = 0; at < bytes.size() && !decoder.done();) {
        auto input = bytes.substr(at, piece);
        at += input.size();
        while (!input.empty() && !decoder.done()) {
            const auto data = std::min<std::uint64_t>(decoder.data_left(), input.size());
            out.append(input.substr(0, data));
            input.remove_prefix(data);
            decoder.take_data(data);
            input.remove_prefix(decoder.feed(input));
            if (decoder.broken()) return std::nullopt;
        }
    }
    return decoder.done() ? std::optional(out) : std::nullopt;
}

TEST(Chunked, DecodesHoweverItIsSplit) {
    const std::string_view body =
        "5\r\nhello\r\n0a;name=\"v\"\r\n, chunked \r\n1\r\n!\r\n00\r\nTrailer: x\r\nB:\r\n\r\n";
    for (std::size_t piece = 1; piece <= body.size(); ++piece)
        EXPECT_EQ(decode(body, piece), "hello, chunked !") << piece;
}

TEST(Chunked, TakesNothingBeyondTheEnd) {
    ChunkedDecoder decoder;
    EXPECT_EQ(decoder.feed("0\r\n\r\nGET /"), 5U);
    EXPECT_TRUE(decoder.done());
    EXPECT_EQ(decoder.feed("GET /"), 0U);
}

TEST(Chunked, RefusesWhatAnotherParserCouldReadDifferently) {
    for (const std::string_view bad : {
             "\r\n",
             "5\nhello\n0\n\n",
             "5\r\nhello0\r\n\r\n",
             "5\r\nhello\n0\r\n\r\n",
             "g\r\n",
             "-1\r\n",
             "+5\r\nhello\r\n0\r\n\r\n",
             "0x5\r\nhello\r\n0\r\n\r\n",
             " 5\r\nhello\r\n",
             "5 \r\nhello\r\n0\r\n\r\n",
             "5;a\nb\r\nhello\r\n",
             ";a\r\n",
             "10000000000000000\r\n",
             "fffffffffffffffff\r\n",
             "5\r\nhell\r\n0\r\n\r\n",
             "5\r\nhello!\r\n0\r\n\r\n",
             "0\r\n folded\r\n\r\n",
             "0\r\n: x\r\n\r\n",
             "0\r\nA: b\n\r\n",
             "0\r\nA: b\r\r\n",
             "0\r\nA: \x01\r\n\r\n",
         })
        EXPECT_EQ(decode(bad, bad.size()), std::nullopt) << bad;
}

TEST(Chunked, BoundsSizeLinesAndTrailers) {
    EXPECT_EQ(decode("1;" + std::string(600, 'x') + "\r\na\r\n0\r\n\r\n", 64), std::nullopt);
    EXPECT_EQ(decode(std::string(600, '0') + "1\r\na\r\n0\r\n\r\n", 64), std::nullopt);
    EXPECT_EQ(decode("0\r\nA: " + std::string(9000, 'x') + "\r\n\r\n", 64), std::nullopt);
}

TEST(Chunked, TheLargestSizeIsExact) {
    ChunkedDecoder decoder;
    decoder.feed("7fffffffffffffff\r\n");
    EXPECT_EQ(decoder.data_left(), 0x7fffffffffffffffU);
    EXPECT_EQ(decoder.feed("data"), 0U);
}

}  // namespace
}  // namespace siahub::http
