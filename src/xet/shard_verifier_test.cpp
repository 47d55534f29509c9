#include "xet/shard_verifier.hpp"

#include "xet/test_data.hpp"

#include <unordered_map>

#include <gtest/gtest.h>

namespace siahub::xet {
namespace {

XorbIndex index_from(std::uint32_t count, std::uint64_t seed) {
    XorbIndex index;
    for (std::uint32_t i = 1; i <= count; ++i) {
        index.chunks.push_back({chunk_hash(test::noise(64, seed + i)), i * 80, i * 100});
    }
    index.xorb = index.compute_hash();
    return index;
}

// Two xorbs, and a file that uses both, one range of the first twice.
class VerifyFile : public ::testing::Test {
  protected:
    VerifyFile() {
        file_.segments = {{a_.xorb, 2, 5, 300}, {b_.xorb, 0, 4, 400}, {a_.xorb, 2, 5, 300}};
        seal();
    }

    // Makes hashes and lengths agree with the segments' chunks.
    void seal() {
        file_.has_verification = true;
        file_.verification.clear();
        std::vector<SizedHash> chunks;
        for (const auto& segment : file_.segments) {
            const auto& index = *indexes()(segment.xorb);
            file_.verification.push_back(index.range_hash(segment.chunk_start, segment.chunk_end));
            for (auto i = segment.chunk_start; i < segment.chunk_end; ++i) {
                chunks.push_back({index.chunks[i].hash, index.unpacked_size(i, i + 1)});
            }
        }
        file_.file = file_hash(chunks);
    }

    IndexLookup indexes() const {
        return [this](const Hash& xorb) -> const XorbIndex* {
            if (xorb == a_.xorb) return &a_;
            if (xorb == b_.xorb) return &b_;
            return nullptr;
        };
    }

    std::string complaint() const {
        const auto verified = verify_file(file_, indexes());
        if (verified) return "no complaint";
        EXPECT_EQ(verified.error().code, Code::invalid_argument);
        return verified.error().message;
    }

    void expect_complaint(std::string_view part) const {
        EXPECT_NE(complaint().find(part), std::string::npos) << complaint();
    }

    XorbIndex a_ = index_from(10, 1'000);
    XorbIndex b_ = index_from(4, 2'000);
    ShardFile file_;
};

TEST_F(VerifyFile, AcceptsTheTruth) {
    const auto verified = verify_file(file_, indexes()).value();
    EXPECT_EQ(verified.size, 1'000U);
    EXPECT_EQ(verified.chunks, 10U);
}

TEST_F(VerifyFile, AcceptsTheEmptyFileOnly) {
    file_ = {};
    file_.has_verification = true;
    EXPECT_EQ(verify_file(file_, indexes())->size, 0U);
    file_.file = chunk_hash({});
    expect_complaint("its segments hash to 0000");
}

TEST_F(VerifyFile, AsksForVerification) {
    file_.has_verification = false;
    file_.verification.clear();
    expect_complaint("verification hashes are required");
    EXPECT_TRUE(verify_file(file_, indexes(), Verification::optional));
}

TEST_F(VerifyFile, RefusesForgedVerificationInEveryPlace) {
    for (std::size_t i = 0; i < 3; ++i) {
        seal();
        file_.verification[i].bytes[31] ^= std::byte{1};
        expect_complaint("segment " + std::to_string(i) + ": the verification hash is wrong");
    }
    seal();
    file_.verification.pop_back();
    expect_complaint("3 segments have 2 verification hashes");
}

TEST_F(VerifyFile, RefusesWrongChunkRanges) {
    file_.segments[1].chunk_end = 5;
    expect_complaint("has 4 chunks, not a range 0 to 5");
    file_.segments[1] = {b_.xorb, 2, 2, 0};
    expect_complaint("not a range 2 to 2");
}

TEST_F(VerifyFile, RefusesWrongLengths) {
    file_.segments[2].unpacked_length = 299;
    expect_complaint("segment 2: its chunks have 300 bytes, not 299");
}

TEST_F(VerifyFile, RefusesUnknownXorbs) {
    file_.segments[0].xorb = chunk_hash(as_bytes("nobody"));
    expect_complaint("has not been uploaded");
}

TEST_F(VerifyFile, RefusesAnotherOrder) {
    std::swap(file_.segments[0], file_.segments[1]);
    std::swap(file_.verification[0], file_.verification[1]);
    expect_complaint("its segments hash to");
}

TEST_F(VerifyFile, ASegmentMayBeSplitWithoutChangingTheFile) {
    const auto before = file_.file;
    file_.segments = {
        {a_.xorb, 2, 3, 100}, {a_.xorb, 3, 5, 200}, {b_.xorb, 0, 4, 400}, {a_.xorb, 2, 5, 300}};
    seal();
    EXPECT_EQ(file_.file, before);
    EXPECT_TRUE(verify_file(file_, indexes()));
}

TEST(VerifyXorb, ComparesHashesLengthsAndCount) {
    const auto stored = index_from(3, 1);
    ShardXorb claimed{stored.xorb, 300, 0, {}};
    for (const auto& chunk : stored.chunks)
        claimed.chunks.push_back({chunk.hash, 100, false});
    EXPECT_TRUE(verify_xorb(claimed, stored));
    auto other = claimed;
    other.chunks[1].hash = stored.chunks[0].hash;
    EXPECT_FALSE(verify_xorb(other, stored));
    other = claimed;
    other.chunks[2].unpacked_length = 99;
    EXPECT_FALSE(verify_xorb(other, stored));
    other = claimed;
    other.chunks.pop_back();
    EXPECT_FALSE(verify_xorb(other, stored));
}

}  // namespace
}  // namespace siahub::xet
