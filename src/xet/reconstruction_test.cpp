#include "xet/reconstruction.hpp"

#include "xet/reconstruction_json.hpp"
#include "xet/test_data.hpp"
#include "xet/xorb_builder.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace siahub::xet {
namespace {

// A xorb of random chunks whose records are kept, so that plans can be carried out.
struct Stored {
    XorbIndex index;
    Bytes records;
    Bytes plain;
};

Stored stored_xorb(std::size_t chunks, std::uint64_t seed) {
    Stored stored;
    XorbBuilder builder;
    for (std::size_t i = 0; i < chunks; ++i) {
        const auto size = 1 + test::split_mix(seed) % 200;
        const auto chunk = i % 2 == 0 ? test::noise(size, seed) : test::text(size, seed);
        append(stored.records, builder.append(chunk_hash(chunk), chunk));
        append(stored.plain, chunk);
    }
    stored.index = builder.finish();
    return stored;
}

class Reconstruct : public ::testing::Test {
  protected:
    const Stored& at(const Hash& xorb) const { return xorb == a_.index.xorb ? a_ : b_; }

    IndexLookup indexes() const {
        return [this](const Hash& xorb) -> const XorbIndex* {
            const auto& stored = at(xorb);
            return stored.index.xorb == xorb ? &stored.index : nullptr;
        };
    }

    Segment segment(const Stored& stored, std::uint32_t start, std::uint32_t end) const {
        return {stored.index.xorb, start, end, stored.index.unpacked_size(start, end)};
    }

    Bytes plain(std::span<const Segment> segments) const {
        Bytes out;
        for (const auto& s : segments) {
            const auto& stored = at(s.xorb);
            append(out,
                   ByteView(stored.plain)
                       .subspan(stored.index.unpacked_start(s.chunk_start), s.unpacked_length));
        }
        return out;
    }

    Result<Reconstruction> plan(std::span<const Segment> segments,
                                std::optional<RequestedRange> range = {}) const {
        return plan_reconstruction(TRY(select_segments(segments, range)), indexes());
    }

    // What a client does: fetch every range, decode its chunks, put terms together, cut.
    Bytes carry_out(const Reconstruction& plan) const {
        Bytes out;
        for (const auto& term : plan.terms)
            append(out, term_bytes(plan, term));
        EXPECT_LE(plan.offset_into_first_range + plan.length, out.size());
        const auto wanted = ByteView(out).subspan(plan.offset_into_first_range, plan.length);
        return {wanted.begin(), wanted.end()};
    }

    Bytes term_bytes(const Reconstruction& plan, const Segment& term) const {
        const auto fetch = std::ranges::find(plan.xorbs, term.xorb, &XorbFetch::xorb);
        for (const auto& range : fetch->ranges) {
            if (term.chunk_start < range.chunk_start || term.chunk_end > range.chunk_end) continue;
            auto records =
                ByteView(at(term.xorb).records).subspan(range.bytes.start, range.bytes.size());
            Bytes out;
            ChunkDecoder decoder;
            for (auto chunk = range.chunk_start; !records.empty(); ++chunk) {
                const auto header = parse_chunk_header(records.first<kChunkHeader>()).value();
                const auto payload = records.subspan(kChunkHeader, header.stored);
                if (chunk >= term.chunk_start && chunk < term.chunk_end)
                    append(out, decoder.decode(header, payload).value());
                records = records.subspan(kChunkHeader + header.stored);
            }
            return out;
        }
        ADD_FAILURE() << "no fetch range holds the term";
        return {};
    }

    Stored a_ = stored_xorb(20, 1);
    Stored b_ = stored_xorb(10, 2);
};

TEST_F(Reconstruct, AWholeFile) {
    const std::vector<Segment> file = {segment(a_, 0, 4), segment(b_, 2, 3), segment(a_, 10, 20)};
    const auto whole = plan(file).value();
    EXPECT_EQ(whole.terms, file);
    EXPECT_EQ(whole.offset_into_first_range, 0U);
    ASSERT_EQ(whole.xorbs.size(), 2U);
    EXPECT_EQ(whole.xorbs[0].xorb, a_.index.xorb);
    ASSERT_EQ(whole.xorbs[0].ranges.size(), 2U);
    EXPECT_EQ(whole.xorbs[0].ranges[0], (FetchRange{0, 4, a_.index.physical_range(0, 4)}));
    EXPECT_EQ(whole.xorbs[0].ranges[1], (FetchRange{10, 20, a_.index.physical_range(10, 20)}));
    EXPECT_EQ(carry_out(whole), plain(file));
}

TEST_F(Reconstruct, TouchingAndOverlappingRangesAreOne) {
    const auto ranges_of = [&](std::vector<Segment> file) { return plan(file)->xorbs[0].ranges; };
    const FetchRange merged{0, 4, a_.index.physical_range(0, 4)};
    EXPECT_EQ(ranges_of({segment(a_, 0, 2), segment(a_, 2, 4)}), std::vector{merged});
    EXPECT_EQ(ranges_of({segment(a_, 2, 4), segment(a_, 0, 2)}), std::vector{merged});
    EXPECT_EQ(ranges_of({segment(a_, 0, 3), segment(a_, 1, 4)}), std::vector{merged});
    EXPECT_EQ(ranges_of({segment(a_, 0, 4), segment(a_, 1, 2)}), std::vector{merged});
    EXPECT_EQ(ranges_of({segment(a_, 0, 4), segment(a_, 0, 4)}), std::vector{merged});
    EXPECT_EQ(ranges_of({segment(a_, 0, 2), segment(a_, 3, 4)}).size(), 2U);
}

TEST_F(Reconstruct, ARangeKeepsOnlyTheChunksItTouches) {
    const std::vector<Segment> file = {segment(a_, 5, 9)};
    const auto second = a_.index.unpacked_size(5, 6);
    const auto one = plan(file, RequestedRange{second, second}).value();
    EXPECT_EQ(one.terms, std::vector{segment(a_, 6, 7)});
    EXPECT_EQ(one.offset_into_first_range, 0U);
    EXPECT_EQ(one.length, 1U);
    const auto before = plan(file, RequestedRange{second - 1, second}).value();
    EXPECT_EQ(before.terms, std::vector{segment(a_, 5, 7)});
    EXPECT_EQ(before.offset_into_first_range, second - 1);
}

TEST_F(Reconstruct, EveryRangeOfAFileGivesItsBytes) {
    const std::vector<Segment> file = {segment(b_, 0, 2), segment(a_, 3, 5), segment(b_, 0, 2),
                                       segment(b_, 1, 4)};
    const auto bytes = plain(file);
    for (std::size_t first = 0; first < bytes.size(); first += 7) {
        for (std::size_t last = first; last < bytes.size() + 5; last += 11) {
            const auto part = plan(file, RequestedRange{first, last}).value();
            const auto size = std::min(last + 1, bytes.size()) - first;
            ASSERT_TRUE(std::ranges::equal(carry_out(part), ByteView(bytes).subspan(first, size)))
                << first << " to " << last;
        }
    }
}

TEST_F(Reconstruct, RandomFilesAndRanges) {
    EXPECT_TRUE(rc::check([this](std::uint64_t seed) {
        std::vector<Segment> file;
        for (auto n = 1 + test::split_mix(seed) % 8; n > 0; --n) {
            const auto& stored = test::split_mix(seed) % 2 == 0 ? a_ : b_;
            const auto start =
                static_cast<std::uint32_t>(test::split_mix(seed) % stored.index.chunk_count());
            const auto left = stored.index.chunk_count() - start;
            file.push_back(
                segment(stored, start,
                        start + 1 + static_cast<std::uint32_t>(test::split_mix(seed) % left)));
        }
        const auto bytes = plain(file);
        const auto first = test::split_mix(seed) % bytes.size();
        const auto last = first + test::split_mix(seed) % bytes.size();
        const auto part = plan(file, RequestedRange{first, last}).value();
        const auto size = std::min<std::size_t>(last + 1, bytes.size()) - first;
        RC_ASSERT(std::ranges::equal(carry_out(part), ByteView(bytes).subspan(first, size)));
        RC_ASSERT(part == plan(file, RequestedRange{first, last}).value());
    }));
}

TEST_F(Reconstruct, RangesAreReadAsHttpMeansThem) {
    const std::vector<Segment> file = {segment(a_, 0, 3)};
    const std::uint64_t size = file[0].unpacked_length;
    const auto bytes_of = [&](std::optional<std::uint64_t> first,
                              std::optional<std::uint64_t> last) {
        return select_segments(file, RequestedRange{first, last}).value().bytes;
    };
    EXPECT_EQ(bytes_of(0, 255'999'999), (ByteSpan{0, size}));
    EXPECT_EQ(bytes_of(1, std::nullopt), (ByteSpan{1, size}));
    EXPECT_EQ(bytes_of(std::nullopt, 2), (ByteSpan{size - 2, size}));
    EXPECT_EQ(bytes_of(std::nullopt, size + 9), (ByteSpan{0, size}));
    EXPECT_EQ(bytes_of(0, ~std::uint64_t{0}), (ByteSpan{0, size}));
    const auto refused = [&](std::optional<std::uint64_t> first,
                             std::optional<std::uint64_t> last) {
        const auto selection = select_segments(file, RequestedRange{first, last});
        return !selection && selection.error().code == Code::range_not_satisfiable;
    };
    EXPECT_TRUE(refused(size, size));
    EXPECT_TRUE(refused(256'000'000, 767'999'999));
    EXPECT_TRUE(refused(size, std::nullopt));
    EXPECT_TRUE(refused(2, 1));
    EXPECT_TRUE(refused(std::nullopt, 0));
    EXPECT_TRUE(refused(std::nullopt, std::nullopt));
}

TEST_F(Reconstruct, TheEmptyFileIsAnEmptyRecipe) {
    const auto no_url = [](std::string&, const Hash&, const ByteSpan&) {};
    EXPECT_EQ(render_v2(plan({}).value(), no_url),
              R"({"offset_into_first_range":0,"terms":[],"xorbs":{}})");
    EXPECT_EQ(render_v1(plan({}, RequestedRange{0, 255}).value(), no_url),
              R"({"offset_into_first_range":0,"terms":[],"fetch_info":{}})");
    EXPECT_EQ(plan({}, RequestedRange{1, 2}).error().code, Code::range_not_satisfiable);
}

TEST_F(Reconstruct, ADamagedStoreIsAnInternalError) {
    auto missing = segment(a_, 0, 1);
    missing.xorb = chunk_hash(as_bytes("gone"));
    EXPECT_EQ(plan(std::vector{missing}).error().code, Code::internal);
    auto longer = segment(a_, 0, 1);
    ++longer.unpacked_length;
    EXPECT_EQ(plan(std::vector{longer}).error().code, Code::internal);
    auto outside = segment(a_, 19, 20);
    outside.chunk_end = 21;
    EXPECT_EQ(plan(std::vector{outside}).error().code, Code::internal);
}

void append_test_url(std::string& out, const Hash& xorb, const ByteSpan& bytes) {
    out += "http://h/\"" + xorb.hex().substr(0, 4) + "\\?" + std::to_string(bytes.start) + "-" +
           std::to_string(bytes.end - 1);
}

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

TEST_F(Reconstruct, RendersV2ByteForByte) {
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

TEST_F(Reconstruct, RendersEveryRangeInAllThreeForms) {
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

TEST_F(Reconstruct, ABatchSharesItsRanges) {
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

TEST(Vectors, TheRecipeOfConstantDataPlansAsOneRange) {
    // A million equal bytes as the JS client sends them: the full chunk six times, then both
    // chunks.
    const Bytes bytes(131'072, std::byte{59});
    XorbBuilder builder;
    builder.append(chunk_hash(bytes), bytes);
    const auto rest = ByteView(bytes).first(82'496);
    builder.append(chunk_hash(rest), rest);
    const auto index = builder.finish();
    EXPECT_EQ(index.xorb.hex(), "df348c6ef618a58578f235cb3ee5db1e0738828bd324ac95e7d6eb7fe473db30");
    std::vector<Segment> file(6, Segment{index.xorb, 0, 1, 131'072});
    file.push_back({index.xorb, 0, 2, 213'568});
    const auto lookup = [&](const Hash&) { return &index; };
    const auto plan = plan_reconstruction(select_segments(file, {}).value(), lookup).value();
    EXPECT_EQ(plan.length, 1'000'000U);
    EXPECT_EQ(plan.terms, file);
    ASSERT_EQ(plan.xorbs.size(), 1U);
    EXPECT_EQ(plan.xorbs[0].ranges, (std::vector<FetchRange>{{0, 2, {0, index.records_size()}}}));
}

}  // namespace
}  // namespace siahub::xet
