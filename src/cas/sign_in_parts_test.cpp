#include "cas/cookies.hpp"
#include "cas/iso_time.hpp"

#include <gtest/gtest.h>

namespace siahub::cas {
namespace {

std::string cookie_of(std::string_view header, std::string_view name) {
    http::Headers headers;
    headers.add("Cookie", header);
    http::Request request;
    request.headers = &headers;
    return std::string(cookie(request, name));
}

TEST(Cookies, OneIsFoundAmongOthers) {
    EXPECT_EQ(cookie_of("a=1", "a"), "1");
    EXPECT_EQ(cookie_of("b=2; a=1;c=3", "a"), "1");
    EXPECT_EQ(cookie_of("aa=2; a=1", "a"), "1");
    EXPECT_EQ(cookie_of("a=x=y", "a"), "x=y");
    EXPECT_EQ(cookie_of("a", "a"), "");
    EXPECT_EQ(cookie_of("", "a"), "");
    EXPECT_EQ(cookie_of(";;; =;a", "a"), "");
}

TEST(IsoTime, OnlyTimesOfTheCalendar) {
    EXPECT_EQ(parse_iso8601("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(parse_iso8601("2024-02-29T12:34:56.789Z"), 1'709'210'096'789);
    for (const auto time : {0LL, 1'700'000'000'123LL})
        EXPECT_EQ(parse_iso8601(to_iso8601(time)), time);
    for (const auto* text :
         {"", "2024", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z",
          "2024-01-01T00:60:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00+01:00",
          "2024-01-01 00:00:00Z", "2024-01-01T00:00:00.1Z", "2024-01-01T00:00:00Zx",
          "-024-01-01T00:00:00Z", "2024-01-01T00:00:-1Z"})
        EXPECT_EQ(parse_iso8601(text), std::nullopt) << text;
}

}  // namespace
}  // namespace siahub::cas
