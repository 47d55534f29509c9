#include "http/range.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace siahub::http {
namespace {

using Kind = RangeDecision::Kind;

TEST(Range, TheFormsOfTheStandard) {
    const auto range = parse_range("bytes=0-499, 500- ,-200,, 7-7");
    ASSERT_EQ(range.syntax, RangeSyntax::valid);
    EXPECT_THAT(satisfiable(range.specs, 1000),
                ::testing::ElementsAre(ByteSpan{0, 500}, ByteSpan{500, 500}, ByteSpan{800, 200},
                                       ByteSpan{7, 1}));
    EXPECT_EQ(parse_range("Bytes=0-0").syntax, RangeSyntax::valid);
    EXPECT_EQ(parse_range("").syntax, RangeSyntax::absent);
    EXPECT_EQ(parse_range("items=0-1").syntax, RangeSyntax::ignored);
}

TEST(Range, MalformedIsToldApartFromIgnored) {
    for (const std::string_view bad :
         {"bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-b", "bytes=1", "bytes=2-1",
          "bytes=1-2-3", "bytes= 1 - 2", "bytes=+1-2", "bytes=0x1-2", "bytes=1-2;3-4", "bytes=--1",
          "0-1", "bytes=1-2,x"})
        EXPECT_EQ(parse_range(bad).syntax, RangeSyntax::malformed) << bad;
}

TEST(Range, TooManyAreIgnored) {
    std::string header = "bytes=0-0";
    for (int i = 1; i < 512; ++i)
        header += ",0-0";
    EXPECT_EQ(parse_range(header).specs.size(), 512U);
    EXPECT_EQ(parse_range(header + ",0-0").syntax, RangeSyntax::ignored);
    EXPECT_EQ(parse_range("bytes=1-2,3-4", 1).syntax, RangeSyntax::ignored);
}

TEST(Range, ClampsAtTheEndAndSurvivesHugeNumbers) {
    EXPECT_THAT(decide_ranges("bytes=5-99999999999999999999999", 10).spans,
                ::testing::ElementsAre(ByteSpan{5, 5}));
    EXPECT_THAT(decide_ranges("bytes=-99999999999999999999999", 10).spans,
                ::testing::ElementsAre(ByteSpan{0, 10}));
    EXPECT_EQ(decide_ranges("bytes=99999999999999999999999-", 10).kind, Kind::unsatisfied);
    EXPECT_THAT(decide_ranges("bytes=0-18446744073709551615", UINT64_MAX).spans,
                ::testing::ElementsAre(ByteSpan{0, UINT64_MAX}));
}

TEST(Range, Decisions) {
    EXPECT_EQ(decide_ranges("", 10).kind, Kind::whole);
    EXPECT_EQ(decide_ranges("bytes=oops", 10).kind, Kind::whole);
    EXPECT_EQ(decide_ranges("bytes=0-0", 0).kind, Kind::unsatisfied);
    EXPECT_EQ(decide_ranges("bytes=-0", 10).kind, Kind::unsatisfied);
    EXPECT_EQ(decide_ranges("bytes=10-", 10).kind, Kind::unsatisfied);
    EXPECT_EQ(decide_ranges("bytes=20-30,0-1", 10).kind, Kind::single);
    EXPECT_EQ(decide_ranges("bytes=0-1,4-5", 10).kind, Kind::several);
    EXPECT_EQ(decide_ranges("bytes=0-,0-,0-", 10).kind, Kind::whole);
    EXPECT_EQ(content_range({5, 5}, 10), "bytes 5-9/10");
    EXPECT_EQ(content_range_unsatisfied(10), "bytes */10");
}

}  // namespace
}  // namespace siahub::http
