#include "xet/hash.hpp"

#include "core/encoding.hpp"
#include "xet/test_data.hpp"
#include "xet/tree_vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace siahub::xet {
namespace {

using test::hash_of;

Hash raw_hash(std::string_view usual_hex) {
    Hash hash;
    EXPECT_TRUE(from_hex(usual_hex, hash.bytes));
    return hash;
}

TEST(HashText, ReversesEveryGroupOfEight) {
    const auto counting =
        raw_hash("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    EXPECT_EQ(counting.hex(), "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918");
    EXPECT_EQ(counting.word(0), 0x0706050403020100U);
    EXPECT_EQ(counting.word(3), 0x1f1e1d1c1b1a1918U);
    const auto other = raw_hash("16af3a84044b83d6be998a42e20399f2cc5650eaf99950639f50418aece7954e");
    EXPECT_EQ(other.hex(), "d6834b04843aaf16f29903e2428a99be635099f9ea5056cc4e95e7ec8a41509f");
}

TEST(HashText, ParsesEitherCaseAndNothingElse) {
    const std::string text = "d6834b04843aaf16f29903e2428a99be635099f9ea5056cc4e95e7ec8a41509f";
    auto upper = text;
    for (auto& c : upper)
        c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    EXPECT_EQ(parse_hash(upper)->hex(), text);
    EXPECT_FALSE(parse_hash(""));
    EXPECT_FALSE(parse_hash(text.substr(1)));
    EXPECT_FALSE(parse_hash(text + "0"));
    for (const char bad : {'g', 'G', '/', ':', '@', '`', ' ', '\0', '\xff'}) {
        auto broken = text;
        broken[37] = bad;
        EXPECT_EQ(parse_hash(broken).error().code, Code::invalid_argument) << int{bad};
    }
}

TEST(HashText, RoundTrips) {
    EXPECT_TRUE(rc::check([](const std::array<std::uint8_t, 32>& raw) {
        Hash hash;
        std::memcpy(hash.bytes.data(), raw.data(), raw.size());
        RC_ASSERT(parse_hash(hash.hex()).value() == hash);
        RC_ASSERT(stored_from_sha256(sha256_from_stored(hash)) == hash);
    }));
}

TEST(StoredSha256, PrintsAsTheUsualHex) {
    const auto digest = sha256(as_bytes("Hello World!"));
    const auto stored = stored_from_sha256(digest);
    EXPECT_EQ(stored.hex(), to_hex(digest));
    EXPECT_EQ(to_hex(stored.view()),
              "53fcf17f65b1837f5dd6a14881c12db92877d6a31f4b2dfc69906d1200d2dd4a");
    EXPECT_EQ(sha256_from_stored(stored), digest);
}

TEST(ChunkHash, MatchesThePublishedVectors) {
    const auto hello = chunk_hash(as_bytes("Hello World!"));
    EXPECT_EQ(hello.hex(), "d8d408e608fb9ca213b9909a65d86d725f2de4d8d540324be8a363e7a6e228cb");
    EXPECT_EQ(to_hex(hello.view()),
              "a29cfb08e608d4d8726dd8659a90b9134b3240d5d8e42d5fcb28e2a6e763a3e8");
    EXPECT_EQ(chunk_hash(as_bytes("Hello World!\n")).hex(),
              "e11d004e9968f3c8a9179dca907aafe0fc1cbb73f429fe142514db413b6552f6");
    EXPECT_EQ(chunk_hash(Bytes(65'536)).hex(),
              "949007ab06e71557f3426c039da9706141a00dcd6b9e2e840a380bea4657158e");
}

TEST(ChunkHash, PiecesGiveTheSame) {
    ChunkHasher hasher;
    for (int round = 0; round < 2; ++round) {
        hasher.update(as_bytes("Hello "));
        hasher.update(as_bytes("World!"));
        EXPECT_EQ(hasher.finish(), chunk_hash(as_bytes("Hello World!")));
    }
}

TEST(FileHash, MatchesThePublishedVectors) {
    const auto file_of = [](ByteView chunk) {
        const SizedHash only{chunk_hash(chunk), chunk.size()};
        return file_hash(std::span(&only, 1)).hex();
    };
    EXPECT_EQ(file_of(as_bytes("Hello World!")),
              "a9dae0ad88b060bdd7e7c87abdcf95b132c95a0414b06d4f6beb68d287b87165");
    EXPECT_EQ(file_of(as_bytes("Hello World!\n")),
              "26bcb87aa2953ba3b5c282d9581ac5572a4c7481399a64c03cdff89242a9b3f2");
    EXPECT_EQ(file_of(Bytes(65'536)),
              "f3443f56fde4d1adf396a4f6c9f6e2bb20635c82b5788ac89fca7452b125bc32");
    EXPECT_TRUE(file_hash({}).is_zero());
}

TEST(KeyedChunkHash, MatchesThePublishedVector) {
    Blake3Key key;
    for (std::size_t i = 0; i < key.size(); ++i)
        key[i] = static_cast<std::byte>(i);
    EXPECT_EQ(keyed_chunk_hash(key, chunk_hash(as_bytes("Hello World!"))).hex(),
              "213944381648fd3a12bf8dfc98576416734cf1afdb7ddced216b33a217c15167");
}

TEST(RangeHash, MatchesThePublishedVectors) {
    const std::vector<Hash> hello = {chunk_hash(as_bytes("Hello World!"))};
    EXPECT_EQ(range_hash(hello).hex(),
              "89cb63458e98cb4c75be6b50a5a7b7234b82f05d5348e6925fb71aaf5dc3862b");
    const std::vector<Hash> two = {
        hash_of("c28f58387a60d4aa200c311cda7c7f77f686614864f5869eadebf765d0a14a69"),
        hash_of("6e4e3263e073ce2c0e78cc770c361e2778db3b054b98ab65e277fc084fa70f22")};
    EXPECT_EQ(range_hash(two).hex(),
              "eb06a8ad81d588ac05d1d9a079232d9c1e7d0b07232fa58091caa7bf333a2768");
    const std::vector<SizedHash> sized = {{two[0], 100}, {two[1], 200}};
    EXPECT_EQ(aggregate(sized).hex(),
              "be64c7003ccd3cf4357364750e04c9592b3c36705dee76a71590c011766b6c14");
}

TEST(Tree, MatchesTheReferenceTable) {
    ASSERT_EQ(test::tree_rows().size(), 17U);
    for (const auto& row : test::tree_rows()) {
        std::vector<SizedHash> nodes;
        for (const auto k : row.nodes)
            nodes.push_back({hash_of(test::kTreeNodes.at(k)), 100ULL * k});
        EXPECT_EQ(xorb_hash(nodes).hex(), row.xorb);
        EXPECT_EQ(file_hash(nodes).hex(), row.file);
    }
}

TEST(Tree, HashesSizesBeyond32Bits) {
    std::vector<SizedHash> nodes;
    for (const auto text : test::kLargeNodes) {
        nodes.push_back({hash_of(text), 100 * ((std::uint64_t{1} << 33U) + nodes.size())});
    }
    EXPECT_EQ(xorb_hash(nodes).hex(), test::kLargeXorb);
    EXPECT_EQ(file_hash(nodes).hex(), test::kLargeFile);
}

// The same tree from its definition: whole levels, looking ahead.
Hash tree_by_definition(std::vector<SizedHash> level) {
    if (level.empty()) return {};
    while (level.size() > 1) {
        std::vector<SizedHash> parents;
        for (std::size_t at = 0; at < level.size();) {
            const auto rest = level.size() - at;
            auto length = std::min<std::size_t>(9, rest);
            for (std::size_t i = 2; rest > 2 && i < std::min<std::size_t>(9, rest); ++i) {
                if (level[at + i].hash.word(3) % 4 == 0) {
                    length = i + 1;
                    break;
                }
            }
            std::vector<SizedHash> group(level.begin() + static_cast<std::ptrdiff_t>(at),
                                         level.begin() + static_cast<std::ptrdiff_t>(at + length));
            std::string lines;
            std::uint64_t size = 0;
            for (const auto& node : group) {
                lines += node.hash.hex() + " : " + std::to_string(node.size) + "\n";
                size += node.size;
            }
            Blake3Key key;
            EXPECT_TRUE(
                from_hex("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f", key));
            parents.push_back({Hash{blake3_keyed(key, as_bytes(lines))}, size});
            at += length;
        }
        level = std::move(parents);
    }
    return level[0].hash;
}

TEST(Tree, BuiltWhileNodesArriveEqualsTheDefinition) {
    TreeHasher tree;
    for (std::size_t count = 0; count < 200; ++count) {
        std::vector<SizedHash> nodes;
        std::uint64_t seed = count;
        for (std::size_t i = 0; i < count; ++i) {
            Hash hash;
            for (std::size_t w = 0; w < 4; ++w)
                store_le(&hash.bytes[8 * w], test::split_mix(seed));
            nodes.push_back({hash, test::split_mix(seed) % 131'072});
            tree.add(nodes.back().hash, nodes.back().size);
        }
        EXPECT_EQ(tree.finish(), tree_by_definition(nodes)) << count << " nodes";
    }
}

}  // namespace
}  // namespace siahub::xet
