#include "xet/reconstruction_json.hpp"

#include "xet/test_reconstruction.hpp"

#include <boost/json.hpp>

namespace siahub::xet {
namespace {

using Render = test::ReconstructionTest;

TEST_F(Render, TheEmptyFileIsAnEmptyRecipe) {
    const auto no_url = [](std::string&, const Hash&, const ByteSpan&) {};
    EXPECT_EQ(render_v2(plan({}).value(), no_url),
              R"({"offset_into_first_range":0,"terms":[],"xorbs":{}})");
    EXPECT_EQ(render_v1(plan({}, RequestedRange{0, 255}).value(), no_url),
              R"({"offset_into_first_range":0,"terms":[],"fetch_info":{}})");
    EXPECT_EQ(plan({}, RequestedRange{1, 2}).error().code, Code::range_not_satisfiable);
}

void append_test_url(std::string& out, const Hash& xorb, const ByteSpan& bytes) {
    out += "http://h/\"" + xorb.hex().substr(0, 4) + "\\?" + std::to_string(bytes.start) + "-" +
           std::to_string(bytes.end - 1);
}

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

TEST_F(Render, V2ByteForByte) {
    const auto x = a_.index.xorb.hex();
    const auto range = a_.index.physical_range(2, 4);
    const auto length = std::to_string(a_.index.unpacked_size(2, 4));
    const auto first = std::to_string(range.start);
    const auto last = std::to_string(range.end - 1);
    EXPECT_EQ(render_v2(plan(std::vector{segment(a_, 2, 4)}).value(), append_test_url),
              R"({"offset_into_first_range":0,"terms":[{"hash":)" + in_quotes(x) +
                  R"(,"unpacked_length":)" + length +
                  R"(,"range":{"start":2,"end":4}}],"xorbs":{)" + in_quotes(x) +
                  R"(:[{"url":"http://h/\")" + x.substr(0, 4) + R"(\\?)" + first + "-" + last +
                  R"(","ranges":[{"chunks":{"start":2,"end":4},"bytes":{"start":)" + first +
                  R"(,"end":)" + last + "}}]}]}}");
}

TEST_F(Render, EveryRangeInAllThreeForms) {
    const std::vector<Segment> file = {segment(a_, 0, 2), segment(b_, 1, 2), segment(a_, 5, 6)};
    const auto whole = plan(file).value();
    const auto v1 = boost::json::parse(render_v1(whole, append_test_url));
    const auto v2 = boost::json::parse(render_v2(whole, append_test_url));
    ASSERT_EQ(v1.at("terms").as_array().size(), 3U);
    EXPECT_EQ(v1.at("terms"), v2.at("terms"));
    for (const auto& fetch : whole.xorbs) {
        const auto& entries1 = v1.at("fetch_info").at(fetch.xorb.hex()).as_array();
        const auto& entries2 = v2.at("xorbs").at(fetch.xorb.hex()).as_array();
        ASSERT_EQ(entries1.size(), fetch.ranges.size());
        ASSERT_EQ(entries2.size(), fetch.ranges.size());
        for (std::size_t i = 0; i < entries1.size(); ++i) {
            std::string url;
            append_test_url(url, fetch.xorb, fetch.ranges[i].bytes);
            EXPECT_EQ(entries1[i].at("url").as_string(), url);
            EXPECT_EQ(entries1[i].at("url"), entries2[i].at("url"));
            const auto& range2 = entries2[i].at("ranges").at(0);
            EXPECT_EQ(entries1[i].at("range"), range2.at("chunks"));
            EXPECT_EQ(entries1[i].at("url_range"), range2.at("bytes"));
            EXPECT_EQ(range2.at("bytes").at("end").as_int64() + 1,
                      static_cast<std::int64_t>(fetch.ranges[i].bytes.end));
        }
    }
}

TEST_F(Render, ABatchSharesItsRanges) {
    const Hash one = chunk_hash(as_bytes("1"));
    const Hash two = chunk_hash(as_bytes("2"));
    const std::vector<BatchFile> files = {{one, {segment(a_, 0, 2)}},
                                          {two, {segment(a_, 2, 4), segment(b_, 0, 1)}},
                                          {one, {segment(a_, 0, 2)}}};
    const auto batch = plan_batch(files, indexes()).value();
    EXPECT_EQ(batch.files.size(), 2U);
    const auto json = boost::json::parse(render_batch_v1(batch, append_test_url));
    EXPECT_EQ(json.at("files").at(two.hex()).as_array().size(), 2U);
    EXPECT_EQ(json.at("files").at(one.hex()).at(0).at("range").at("end").as_int64(), 2);
    const auto& entries = json.at("fetch_info").at(a_.index.xorb.hex()).as_array();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].at("range").at("end").as_int64(), 4);
    EXPECT_EQ(render_batch_v1({}, append_test_url), R"({"files":{},"fetch_info":{}})");
}

}  // namespace
}  // namespace siahub::xet
