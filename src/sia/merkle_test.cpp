#include "sia/merkle.hpp"

#include "sia/test_vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace siahub::sia {
namespace {

using testing::hash;

const Bytes& sector() {
    static const auto bytes = testing::splitmix64(0x0123456789abcdef, kSectorSize);
    return bytes;
}

constexpr std::string_view kRoot =
    "a7beae41d831d6a2fd5031ebff2b8c8c7fa5ec54870058f9e0d35f8a8e8b7834";

TEST(Merkle, SectorRootsAreSias) {
    Bytes bytes(kSectorSize);
    EXPECT_EQ(sector_root(bytes).hex(),
              "50ed59cecd5ed3ca9e65cec0797202091dbba45272dafa3faa4e27064eedd52c");
    bytes.front() = std::byte{1};
    EXPECT_EQ(sector_root(bytes).hex(),
              "8c20a2c90a733a5139cc57e45755322e304451c3434b0c0a0aad87f2f89a44ab");
    bytes.front() = std::byte{0};
    bytes.back() = std::byte{1};
    EXPECT_EQ(sector_root(bytes).hex(),
              "d0ab6691d76750618452e920386e5f6f98fdd1219a70a06f06ef622ac6c6373c");
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(i);
    EXPECT_EQ(sector_root(bytes).hex(),
              "84d0672b204f38469dbb818bcb3caa7391f7781cbf84bce0482b2fd2c2d50938");
    EXPECT_EQ(sector_root(sector()).hex(), kRoot);
}

TEST(Merkle, PiecesOfASectorComeInAnyOrder) {
    SectorTree tree;
    constexpr auto pieces = kSectorSize / SectorTree::kPiece;
    for (std::size_t i = 0; i < pieces; ++i) {
        const auto at = (i * 37 + 5) % pieces * SectorTree::kPiece;
        tree.add(at, ByteView(sector()).subspan(at, SectorTree::kPiece));
    }
    EXPECT_EQ(tree.root().hex(), kRoot);
    tree.add(0, ByteView(sector()).subspan(SectorTree::kPiece, SectorTree::kPiece));
    EXPECT_NE(tree.root().hex(), kRoot);
}

TEST(Merkle, ProofSizesAreSias) {
    EXPECT_EQ(range_proof_size(0, 65536), 0U);
    EXPECT_EQ(range_proof_size(1, 65536), 1U);
    EXPECT_EQ(range_proof_size(0, 32768), 1U);
    EXPECT_EQ(range_proof_size(0, 42), 13U);
    EXPECT_EQ(range_proof_size(24, 42), 15U);
    EXPECT_EQ(range_proof_size(24, 65536), 2U);
}

void expect_proof(std::size_t begin, std::size_t end, std::initializer_list<std::string_view> hex) {
    std::vector<Hash256> expected;
    for (const auto text : hex)
        expected.push_back(hash(text));
    EXPECT_EQ(build_range_proof(sector(), begin, end), expected);
    const auto data = ByteView(sector()).subspan(begin * kLeafSize, (end - begin) * kLeafSize);
    EXPECT_TRUE(verify_range_proof(data, begin, expected, hash(kRoot)));
}

TEST(Merkle, ProofsAreSias) {
    expect_proof(24, 42,
                 {"9596ec473dc28ec9ed9f40aff5023d724447584e2229d64b252bad1882d346f3",
                  "e28c4f2c253195bd718757a7d3f7015cef60f570b2dc19cad1508c219b1c0495",
                  "13162b01bcbd53f56ee3090431c274b43194009ab037dd2f8fc6fcce69b85d2d",
                  "e9bf7f6b9e17c0942e34d50b6851419fc64d7e8bde24b50334ac58c6d53d4f81",
                  "4168077910d52f8694b0084d45a4b22db0f497984e95b29bb47a82c0e8b249bb",
                  "a17f44317bd8647db096d6cc3080428de8cea4caf391cbcf8d39bc683970962f",
                  "2c1262b5c876c9616e738f32948d5b0621dd4eb7058c760f0669d364bed69027",
                  "28c7e0115673a315b1fa5b21a29d79e156fe1a627b0d8228f08cd0f7ca5e674d",
                  "ff5657a7b775b6d95a43d66b7cdf0241e624f459f861176c3e5dacde9876d98d",
                  "d01cf598e2582f186359ff260e48bce40f9279105c66077d59a456bdd2d0f4ec",
                  "c07d4d530161f9adfe5eb862af5dd7edc4fa8eb0310fcb25ef7eb51ede7b1e3a",
                  "206fea02d289dd4205cea7032693f9253d5bff89e6019157dedf8b6ddc057b95",
                  "d1896e9cbb9b49f9d6d9b8ccf6c14fe6466edd7c39e1beb3973783e7595d4e15",
                  "8b21c694a70ac9302bd5b5523c5efb34d69e09835b93bfd36da018d5f6f2ab42",
                  "c8a63e994d8d16fdb1a169f1baea63b1e7aa5cd29dd418e2eaa5427b85761d6a"});
    expect_proof(0, 1,
                 {"8550799550a2e7a81b99c4d8822380edc6f1e1aad34ce186f7e73449833efe51",
                  "8efc5ed40031e486aad5927ac2dd0fe5540f420d93565c56daa415d92b2bd83f",
                  "076e6419baca3cc9949dcd0e84f6b23fbd029b8cf4579b49f11d6d00767d2491",
                  "fb59d0ffbe76c218a0a6c34337198137c1d9300552696804e15de865de994b50",
                  "af28f37b51e5ae1a920dbf0e4121508e8677a9ddecfdf5d4c107bae8ab16dac0",
                  "b983f8ed5c3f70589b7c2d34f65c93ac714cfbf1eca619355eeacd2923abed9d",
                  "a17f44317bd8647db096d6cc3080428de8cea4caf391cbcf8d39bc683970962f",
                  "2c1262b5c876c9616e738f32948d5b0621dd4eb7058c760f0669d364bed69027",
                  "28c7e0115673a315b1fa5b21a29d79e156fe1a627b0d8228f08cd0f7ca5e674d",
                  "ff5657a7b775b6d95a43d66b7cdf0241e624f459f861176c3e5dacde9876d98d",
                  "d01cf598e2582f186359ff260e48bce40f9279105c66077d59a456bdd2d0f4ec",
                  "c07d4d530161f9adfe5eb862af5dd7edc4fa8eb0310fcb25ef7eb51ede7b1e3a",
                  "206fea02d289dd4205cea7032693f9253d5bff89e6019157dedf8b6ddc057b95",
                  "d1896e9cbb9b49f9d6d9b8ccf6c14fe6466edd7c39e1beb3973783e7595d4e15",
                  "8b21c694a70ac9302bd5b5523c5efb34d69e09835b93bfd36da018d5f6f2ab42",
                  "c8a63e994d8d16fdb1a169f1baea63b1e7aa5cd29dd418e2eaa5427b85761d6a"});
    expect_proof(65535, 65536,
                 {"96f13920f86d041f75219a0d4366792cda5108c7288dbbf11b1b0a25ed8dfded",
                  "655701359abe8ae8db16a354033d7f50b56763380229f2e1bfc42361bd8f1306",
                  "aa2facdc65c75e2b40f046c667cbce9d85fc33e5dcc826636047ac21e946e91b",
                  "d8e9facb499f9fe86425f15050090baa43e8ff8d1d345203bd53eb59e542cfc2",
                  "21d5dce0cb524ba04cd773a31237f49b553201693074147dce48c4f355b3abd0",
                  "bf6adda2756b1c669e6742a43470e2e918e134c730e007d706a3ca58fe568e51",
                  "5c87a42f3ab69ef8e76c6175c9059ccbd3e9b11e39162384cb507c2d3f4e069e",
                  "3831ae99af721b392b8ae1030b2868737731be0d4ee6eb0e12e0c2eaa8f08015",
                  "112ee512b1e0d0f565ee60023613f19598ee8253c535ba59668233dc13f14e5a",
                  "652d6ffedd4b3a73c7093693c854f894be21d6c8fd20df7e69c2f2982683e8ca",
                  "9eeb76d680303180161abfc26ba06fd06702ba35828232c78d6b9ee186fe01f6",
                  "d8e8d7145a2eedf5d4a1d003c44ac034e2299be9978fc1b5e77a0353b0049869",
                  "9da31df94a2c2b41a7e33bc3191045a36664edc6868f4e5e1bff806c8cfbae16",
                  "dd456d31603bc8810eeafb6653000a8487459b11f2019568b5de13d62cdeae64",
                  "4517d881a2ed6e8bd1614609128206a34214b4acbe27e580e1c74b78db0b73d0",
                  "10718bfa13e66cf96762749b3848edafe7ac7e47d0a5f13260c9e9badbb56a15"});
}

TEST(Merkle, EveryChangeIsNoticed) {
    const auto root = hash(kRoot);
    const std::size_t begin = 1000, end = 1131;
    const auto view = ByteView(sector()).subspan(begin * kLeafSize, (end - begin) * kLeafSize);
    const Bytes data(view.begin(), view.end());
    const auto proof = build_range_proof(sector(), begin, end);
    ASSERT_TRUE(verify_range_proof(data, begin, proof, root));
    for (const std::size_t at : {std::size_t{0}, data.size() / 2, data.size() - 1}) {
        auto changed = data;
        changed[at] ^= std::byte{1};
        EXPECT_FALSE(verify_range_proof(changed, begin, proof, root));
    }
    for (std::size_t i = 0; i < proof.size(); ++i) {
        auto changed = proof;
        changed[i].bytes[31] ^= std::byte{1};
        EXPECT_FALSE(verify_range_proof(data, begin, changed, root));
    }
    auto longer = proof;
    longer.emplace_back();
    EXPECT_FALSE(verify_range_proof(data, begin, longer, root));
    EXPECT_FALSE(verify_range_proof(data, begin, std::span(proof).first(3), root));
    EXPECT_FALSE(verify_range_proof(data, begin + 1, proof, root));
    EXPECT_FALSE(verify_range_proof(data, begin, proof, Hash256{}));
    EXPECT_FALSE(verify_range_proof({}, begin, proof, root));
    EXPECT_FALSE(verify_range_proof(view.first(65), begin, proof, root));
    EXPECT_FALSE(verify_range_proof(data, kLeavesPerSector - 1, proof, root));
    EXPECT_FALSE(verify_range_proof(data, SIZE_MAX, proof, root));
}

TEST(Merkle, AnyRangeProvesItself) {
    rc::check([] {
        const auto begin = *rc::gen::inRange<std::size_t>(0, kLeavesPerSector);
        const auto end = *rc::gen::inRange<std::size_t>(begin + 1, kLeavesPerSector + 1);
        const auto proof = build_range_proof(sector(), begin, end);
        RC_ASSERT(proof.size() == range_proof_size(begin, end));
        const auto data = ByteView(sector()).subspan(begin * kLeafSize, (end - begin) * kLeafSize);
        RC_ASSERT(verify_range_proof(data, begin, proof, hash(kRoot)).has_value());
    });
}

}  // namespace
}  // namespace siahub::sia
