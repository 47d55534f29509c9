#include "sia/keys.hpp"

#include "sia/bip39_words.hpp"
#include "sia/test_vectors.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

Entropy entropy_of(std::string_view hex) {
    Entropy entropy;
    EXPECT_TRUE(from_hex(hex, entropy));
    return entropy;
}

constexpr std::string_view kPhrase =
    "bleak style know actor budget endorse dream ketchup material index actual wide";

TEST(RecoveryPhrase, WordListIsComplete) {
    EXPECT_TRUE(std::ranges::is_sorted(kBip39Words));
    EXPECT_EQ(kBip39Words.front(), "abandon");
    EXPECT_EQ(kBip39Words.back(), "zoo");
}

TEST(RecoveryPhrase, MatchesKnownEntropy) {
    EXPECT_EQ(recovery_phrase(entropy_of("179af9ef8151d89390a3cf88ee580bfd")), kPhrase);
    EXPECT_EQ(to_hex(parse_recovery_phrase(kPhrase).value()), "179af9ef8151d89390a3cf88ee580bfd");
    EXPECT_EQ(to_hex(parse_recovery_phrase("wealth salon venue abstract blossom hollow south over "
                                           "accuse bunker guide saddle")
                         .value()),
              "f837d3c9807180d9f40cef01a3cd9e5e");
}

TEST(RecoveryPhrase, CaseAndSpaceDoNotMatter) {
    std::string loud = "  Bleak\tSTYLE\n";
    loud += kPhrase.substr(std::string_view("bleak style ").size());
    EXPECT_TRUE(parse_recovery_phrase(loud + " \r\n"));
}

TEST(RecoveryPhrase, MistakesAreNamed) {
    EXPECT_EQ(parse_recovery_phrase("bleak style").error().message,
              "A recovery phrase has 12 words, not 2.");
    std::string unknown(kPhrase);
    unknown.replace(0, 5, "bleek");
    EXPECT_EQ(parse_recovery_phrase(unknown).error().message,
              "Word 1 of the recovery phrase is not in the list.");
    const std::string swapped =
        "style bleak know actor budget endorse dream ketchup material index actual wide";
    EXPECT_FALSE(parse_recovery_phrase(swapped));
    EXPECT_FALSE(parse_recovery_phrase(""));
}

TEST(Keys, AppKeyIsTheSdks) {
    const auto entropy = parse_recovery_phrase(
        "glare own entire dish exact open theme family harsh room scrap rose");
    ASSERT_TRUE(entropy);
    const auto app =
        testing::hash("0e90d697f5045a6593f1c43ebf79a369e2bc72cc5c7b6282f3b5aeb0de6e4005");
    const auto secret =
        SecretKey::from_hex("cf02d945fe4bfe614d823dc13c19aa8501699e656d0f7915490c3056d5c97dc6");
    const auto key = derive_app_key(recovery_seed(*entropy), app, secret.value());
    EXPECT_EQ(to_hex(key.seed()),
              "b75061f34bb3aeab232b0671da2d0347c547343a0026bb5535c291d964fd09a1");
}

TEST(Keys, WalletKeyIsSias) {
    const auto seed = recovery_seed(entropy_of("f837d3c9807180d9f40cef01a3cd9e5e"));
    EXPECT_EQ(to_hex(derive_wallet_key(seed, 0).seed()),
              "e313a1aa2dbe411b5335ced5592e87cb002f47a874e27e9cb90eab285c675e36");
}

}  // namespace
}  // namespace siahub::sia
