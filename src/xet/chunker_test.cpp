#include "xet/chunker.hpp"

#include "core/encoding.hpp"
#include "crypto/digest.hpp"
#include "xet/gear_table.hpp"
#include "xet/limits.hpp"
#include "xet/test_data.hpp"

#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace siahub::xet {
namespace {

// Ends of all chunks of `bytes` when they arrive in pieces of `piece_size`.
std::vector<std::size_t> cuts_of(ByteView bytes, std::size_t piece_size) {
    Chunker chunker;
    std::vector<std::size_t> ends;
    std::size_t at = 0;
    while (at < bytes.size()) {
        auto piece = bytes.subspan(at, std::min(piece_size, bytes.size() - at));
        while (!piece.empty()) {
            const auto cut = chunker.next_cut(piece);
            at += cut.value_or(piece.size());
            piece = piece.subspan(cut.value_or(piece.size()));
            if (cut) ends.push_back(at);
        }
    }
    if (chunker.pending() > 0) ends.push_back(at);
    return ends;
}

// The definition, byte by byte, without skipping.
std::vector<std::size_t> cuts_by_definition(ByteView bytes) {
    std::vector<std::size_t> ends;
    std::uint64_t gear = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        gear = (gear << 1U) + kGearTable[std::to_integer<std::size_t>(bytes[i])];
        const auto length = i + 1 - start;
        const bool boundary = (gear & 0xFFFF000000000000U) == 0 && length >= kMinChunk;
        if (boundary || length == kMaxChunk) {
            ends.push_back(i + 1);
            start = i + 1;
            gear = 0;
        }
    }
    if (start < bytes.size()) ends.push_back(bytes.size());
    return ends;
}

struct ExpectedChunk {
    std::size_t end;
    std::string_view hash;
};

constexpr std::array kNoiseChunks = {
    ExpectedChunk{84493, "6eca1e7dadaf08cca5d82d318c800f07c2ddcec115a7e8627e5edd9605b94b8d"},
    ExpectedChunk{134421, "624ea34d72a06e5d43a1b8dd10763f0d22f165992c397ed97563899b27fdd88a"},
    ExpectedChunk{144853, "4411d2ec847c6e3f451a7451ff3933adb4f1c31587421b9f730b698a78313b47"},
    ExpectedChunk{243318, "6342bde97433e29e0779ad33eb8040d986679040361b3cc3a06230fe60dd6c9b"},
    ExpectedChunk{271793, "405253fcf15bba751adc4f507d3453273daff81ed4d8acd71c521aa1cbddc0b5"},
    ExpectedChunk{336457, "4482374af7f8bebfdb5c5df0299f80128d6c58886ad7b218c562b1d74064e4cb"},
    ExpectedChunk{467529, "80acc8d39c853b4b8a8c6ad7b63bf2ea68f62c2226b92f06349f92cc84d213cc"},
    ExpectedChunk{494581, "a7076d7d343f711fb20fe6cd023248d8d051e8fe7d44172596cd5c7ea7edaf65"},
    ExpectedChunk{582000, "44755217bbb4dadc81ea7695765230a34a2e6cb3b55f373f1de35aeba79ae92c"},
    ExpectedChunk{596735, "001adc1d302d5f039278325dcbd5ec3b194f4794f1629d6f962f9f4bb78a7bff"},
    ExpectedChunk{616815, "f8460a337c186f07c2e225bb287a1d3d3d686dc69d0828e99640f7d8852c5b90"},
    ExpectedChunk{653164, "c9bc3da29025dc1ba562d303d815151d9a937367abb766ae842a165e8493d9fe"},
    ExpectedChunk{678202, "5044339dfd65e8163bdfe642614a6be604b04d6aeacf222cf219ad287bfc5cf1"},
    ExpectedChunk{724510, "163622db0fe0da93f2ef964eed4c485f3c7a9c312f8e8e8a312ab4bb8141f13e"},
    ExpectedChunk{815591, "e1730534a858aa0258ad8904ef12b829b8a123a1c611250275c9ca9471e4c650"},
    ExpectedChunk{827760, "1fbc6854f9185caba1e1f55393f41f83b895b18f9c99245c029025ca48f1e14b"},
    ExpectedChunk{958832, "8a27b66ccf05b864b6bef6fb5c970fe894f73d2330e8e98fe7841dcdbd9e9576"},
    ExpectedChunk{991092, "bc70a33e7a9ec820cac24b87023469a57bdae1bf91cc3961b95806c64a525221"},
    ExpectedChunk{1000000, "03e5b5f5a088269ec4b329f1e04debfac4cb54b9c0facf038f7e8e0f054be7e2"},
};

TEST(GearTable, HasThePublishedSums) {
    std::uint64_t all_xor = 0;
    std::uint64_t sum = 0;
    for (const auto value : kGearTable) {
        all_xor ^= value;
        sum += value;
    }
    EXPECT_EQ(all_xor, 0x6aa26c5ca5f6cbfcU);
    EXPECT_EQ(sum, 0xc1acb37ef35c570aU);
    EXPECT_EQ(to_hex(sha256(std::as_bytes(std::span(kGearTable)))),
              "e1d3936666d7ae7a977c958e9afcc75f90aaca758ce5fbe4ece61dffefe1912c");
}

TEST(Chunker, CutsAMegabyteOfNoiseAsTheOfficialClientsDo) {
    const auto bytes = test::noise(1'000'000);
    ASSERT_EQ(to_hex(sha256(bytes)),
              "b3d0a1f7938cd4d8413a4dcffd4313e2e8ac0cb61cb1090eb140ea8e9154befb");
    const auto ends = cuts_of(bytes, bytes.size());
    ASSERT_EQ(ends.size(), kNoiseChunks.size());
    std::vector<SizedHash> chunks;
    std::vector<Hash> hashes;
    std::size_t start = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        EXPECT_EQ(ends[i], kNoiseChunks[i].end);
        hashes.push_back(chunk_hash(ByteView(bytes).subspan(start, ends[i] - start)));
        EXPECT_EQ(hashes.back().hex(), kNoiseChunks[i].hash);
        EXPECT_FALSE(is_dedup_eligible(hashes.back()));
        chunks.push_back({hashes.back(), ends[i] - start});
        start = ends[i];
    }
    EXPECT_EQ(xorb_hash(chunks).hex(),
              "6f2ce16ca5e317f0100ff0e7e5bf40a0de9032e9ee1ad04b6b8ff4e36cdfbf6c");
    EXPECT_EQ(file_hash(chunks).hex(),
              "3d17b2d7d64a0e011b6717a52d9a16bd2c3f05b743fa8adf52a7d75dafab6d89");
    EXPECT_EQ(range_hash(hashes).hex(),
              "6daf15a7ed258b91f607e8f5e6723a8564292d12c8104c156f7bad9c255a0180");
}

TEST(Chunker, CutsConstantDataAtTheMaximum) {
    const Bytes bytes(1'000'000, std::byte{59});
    const auto ends = cuts_of(bytes, bytes.size());
    ASSERT_EQ(ends.size(), 8U);
    std::vector<SizedHash> chunks;
    std::size_t start = 0;
    for (const auto end : ends) {
        chunks.push_back({chunk_hash(ByteView(bytes).subspan(start, end - start)), end - start});
        start = end;
    }
    for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_EQ(chunks[i].size, kMaxChunk);
        EXPECT_EQ(chunks[i].hash.hex(),
                  "d3b528b30528f3ad802a015cdf93c531d4da754a1f8c0d341a8f111fd8b6f04e");
    }
    EXPECT_EQ(chunks[7].size, 82'496U);
    EXPECT_EQ(chunks[7].hash.hex(),
              "99d04e49b71237231d47669f3eec84c90eb6b6be12b364ce326c05c6d71c3a9f");
    EXPECT_EQ(file_hash(chunks).hex(),
              "53f845640fcd1c7440befff65bd93434c83a30c6559a705597d61f2ef64e2f88");
    const std::vector<SizedHash> distinct = {chunks[0], chunks[7]};
    EXPECT_EQ(xorb_hash(distinct).hex(),
              "df348c6ef618a58578f235cb3ee5db1e0738828bd324ac95e7d6eb7fe473db30");
    const std::vector<Hash> both = {chunks[0].hash, chunks[7].hash};
    EXPECT_EQ(range_hash(std::span(both).first(1)).hex(),
              "235ee47edf29d3b08accd5cc8545f33de2627810db15fb494b600a2f61bb8a7a");
    EXPECT_EQ(range_hash(both).hex(),
              "16f108811f21637eeb7e93dbc1d40c9e825ad554d5ffab53f7bfbfc0c0d7b048");
}

// Boundaries just before the minimum: the rows where implementations went wrong.
std::vector<Bytes> torture_rows() {
    Bytes pattern(128);
    EXPECT_TRUE(
        from_hex("9a342a229f4b7ee046ec0cc44fecb27c7f3263b22cb0ae7efaebcdaefc7a230a1465d645c10873699"
                 "ee4786f88a2"
                 "c6fbd3b7fdfca4933f10baa27517aa24cdbbae4cd2aed3af0cad913b0246deb59fe3b69cbd33e26a1"
                 "832b79d8c0a"
                 "0817d4460aea1721dbfe27ec4631bf7409730f651a9fa5dc0faa387d5ca35eeb26283151",
                 pattern));
    std::vector<Bytes> rows;
    for (std::size_t zeros = 0; zeros < 128; ++zeros) {
        Bytes row;
        while (row.size() < 65'536) {
            append(row, pattern);
            row.resize(row.size() + zeros);
        }
        row.resize(65'536);
        rows.push_back(std::move(row));
    }
    return rows;
}

constexpr std::array<std::size_t, 128> kFirstTortureCuts = {
    8256, 8320, 8254, 8317, 8248, 8310, 8238, 8299, 8224, 8284, 8206, 8265, 8324, 8242, 8300, 8215,
    8272, 8329, 8240, 8296, 8204, 8259, 8314, 8218, 8272, 8326, 8226, 8279, 8332, 8228, 8280, 8332,
    8224, 8275, 8326, 8214, 8264, 8314, 8198, 8247, 8296, 8345, 8224, 8272, 8320, 8195, 8242, 8289,
    8336, 8206, 8252, 8298, 8344, 8209, 8254, 8299, 8344, 8204, 8248, 8292, 8336, 8380, 8234, 8277,
    8320, 8363, 8212, 8254, 8296, 8338, 8380, 8223, 8264, 8305, 8346, 8387, 8224, 8264, 8304, 8344,
    8384, 8215, 8254, 8293, 8332, 8371, 8196, 8234, 8272, 8310, 8348, 8386, 8204, 8241, 8278, 8315,
    8352, 8389, 8200, 8236, 8272, 8308, 8344, 8380, 8416, 8219, 8254, 8289, 8324, 8359, 8394, 8429,
    8224, 8258, 8292, 8326, 8360, 8394, 8428, 8215, 8248, 8281, 8314, 8347, 8380, 8413, 8192, 8224};

TEST(Chunker, PassesAllRowsOfTheTortureTable) {
    const auto rows = torture_rows();
    std::string lines;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto ends = cuts_of(rows[row], rows[row].size());
        EXPECT_EQ(ends.front(), kFirstTortureCuts[row]) << "row " << row;
        lines += std::to_string(row) + ":";
        for (const auto end : ends)
            lines += std::to_string(end) + (end == 65'536 ? "\n" : ",");
    }
    EXPECT_EQ(to_hex(sha256(as_bytes(lines))),
              "435fff13155e4116a55fb2f16a1ea684de7e99eb4f7d5b9ac95f98868a9fc431");
}

TEST(Chunker, EveryPieceSizeGivesTheSameCuts) {
    const auto bytes = test::noise(300'000, 7);
    const auto expected = cuts_by_definition(bytes);
    for (const std::size_t piece :
         {1UL, 2UL, 3UL, 63UL, 64UL, 65UL, 1000UL, 4095UL, 4096UL, 4097UL, 8127UL, 8191UL, 8192UL,
          8193UL, 65'536UL, 131'071UL, 131'072UL, 131'073UL, 300'000UL}) {
        EXPECT_EQ(cuts_of(bytes, piece), expected) << "pieces of " << piece;
    }
}

TEST(Chunker, AgreesWithTheDefinitionOnDataFullOfBoundaries) {
    // Rows of the torture table have a boundary every few hundred bytes, so that several lanes
    // match.
    Bytes bytes;
    for (const auto& row : torture_rows())
        append(bytes, ByteView(row).first(9'001));
    const auto expected = cuts_by_definition(bytes);
    for (const std::size_t piece : {997U, 5'000U, 40'000U, 2'000'000U}) {
        EXPECT_EQ(cuts_of(bytes, piece), expected) << "pieces of " << piece;
    }
}

TEST(Chunker, RandomPiecesOfRandomDataGiveTheCutsOfTheDefinition) {
    EXPECT_TRUE(rc::check([] {
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        const auto size = *rc::gen::inRange<std::size_t>(0, 400'000);
        const auto piece = *rc::gen::inRange<std::size_t>(1, 200'000);
        const auto bytes = test::noise(size, seed);
        RC_ASSERT(cuts_of(bytes, piece) == cuts_by_definition(bytes));
    }));
}

TEST(Chunker, NothingHasNoChunk) {
    EXPECT_TRUE(cuts_of({}, 1).empty());
    EXPECT_EQ(cuts_of(test::noise(1), 1), std::vector<std::size_t>{1});
}

TEST(DedupEligibility, IsWordThreeModulo1024) {
    const auto eligible = chunk_hash(as_bytes("xet-eligible-301"));
    EXPECT_EQ(eligible.hex(), "52c72597b78b69dd85d0cfeabc56eb74a852b630c9c10dba392e9cea24cfa400");
    EXPECT_TRUE(is_dedup_eligible(eligible));
    EXPECT_FALSE(is_dedup_eligible(chunk_hash(as_bytes("Hello World!"))));
}

}  // namespace
}  // namespace siahub::xet
