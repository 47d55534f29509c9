#include "xet/reconstruction.hpp"

#include "xet/test_reconstruction.hpp"

#include <rapidcheck.h>

namespace siahub::xet {
namespace {

using test::Stored;

class Reconstruct : public test::ReconstructionTest {
  protected:
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
