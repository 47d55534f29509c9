#include "http/accept.hpp"

#include <gtest/gtest.h>

namespace siahub::http {
namespace {

TEST(Accept, EncodingsByNameAndWeight) {
    EXPECT_TRUE(accepts_encoding("gzip, deflate, br", "br"));
    EXPECT_TRUE(accepts_encoding("GZIP;q=0.5", "gzip"));
    EXPECT_TRUE(accepts_encoding("*", "br"));
    EXPECT_FALSE(accepts_encoding("", "br"));
    EXPECT_FALSE(accepts_encoding("gzip", "br"));
    EXPECT_FALSE(accepts_encoding("brotli", "br"));
    EXPECT_FALSE(accepts_encoding("br;q=0, *", "br"));
    EXPECT_FALSE(accepts_encoding("br ; q=0.000", "br"));
    EXPECT_TRUE(accepts_encoding("br;q=0.001", "br"));
    EXPECT_FALSE(accepts_encoding("*;q=0", "gzip"));
    EXPECT_FALSE(accepts_encoding(",;,q=;", "br"));
}

TEST(Accept, ATypeHasToBeNamed) {
    EXPECT_TRUE(names_type("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html"));
    EXPECT_TRUE(names_type("application/json, Text/HTML;level=1", "text/html"));
    EXPECT_FALSE(names_type("*/*", "text/html"));
    EXPECT_FALSE(names_type("text/*", "text/html"));
    EXPECT_FALSE(names_type("text/html;q=0", "text/html"));
    EXPECT_FALSE(names_type("", "text/html"));
}

}  // namespace
}  // namespace siahub::http
