#include "hub/names.hpp"

#include <gtest/gtest.h>

namespace siahub::hub {
namespace {

TEST(Names, StrictNamingFollowsThePublicRules) {
    for (const auto* good : {"a", "alice", "Alice_1", "a.b", "a-b", "__DUMMY_USER__", "v1.0"})
        EXPECT_TRUE(check_account_name(good, Naming::strict)) << good;
    for (const auto* bad : {"", ".", "..", "-a", "a-", ".a", "a.", "a--b", "a..b", "a b", "a/b",
                            "ü", "x.git", "X.GIT", "a\nb", "api", "Datasets", "a<b", "a\\b"})
        EXPECT_FALSE(check_account_name(bad, Naming::strict)) << bad;
    EXPECT_TRUE(check_account_name(std::string(96, 'a'), Naming::strict));
    EXPECT_FALSE(check_account_name(std::string(97, 'a'), Naming::strict));
}

TEST(Names, AnyNamingStillKeepsTheUrlsUnambiguous) {
    for (const auto* good : {"-a", "a--b", "x.git", "ü", "a b", "hello%20", "a?b#c"})
        EXPECT_TRUE(check_account_name(good, Naming::any)) << good;
    for (const auto* bad :
         {"", ".", "..", "a/b", "a\\b", "a\tb", "\x7F", "\xFF", "api", "SPACES", "a>b"})
        EXPECT_FALSE(check_account_name(bad, Naming::any)) << bad;
    EXPECT_FALSE(check_account_name(std::string(97, 'a'), Naming::any));
    EXPECT_FALSE(check_account_name(std::string_view("a\0b", 3), Naming::any));
}

TEST(Names, RepositoriesCountWithTheirNamespace) {
    EXPECT_TRUE(check_repo_name("me", std::string(93, 'a'), Naming::strict));
    EXPECT_FALSE(check_repo_name("me", std::string(94, 'a'), Naming::strict));
    EXPECT_TRUE(check_repo_name("me", "models", Naming::strict));
    for (const auto* bad : {"resolve", "Tree", "refs", "a--b", "x.git"})
        EXPECT_FALSE(check_repo_name("me", bad, Naming::strict)) << bad;
}

TEST(Names, ErrorsNeverCarryBytesThatAreNotText) {
    const auto bad = check_account_name("a\xFF", Naming::any);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, Code::invalid_argument);
    EXPECT_TRUE(bad.error().message.contains("a%FF"));
}

TEST(Names, IdsHaveTwoParts) {
    const auto id = parse_repo_id("Alice/Model.v1");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->ns, "Alice");
    EXPECT_EQ(id->name, "Model.v1");
    for (const auto* bad : {"gpt2", "", "/", "a/", "/b", "a/b/c", "a//b"})
        EXPECT_EQ(parse_repo_id(bad).error().code, Code::repo_not_found) << bad;
    EXPECT_EQ(full_key("Alice", "Model"), "alice/model");
}

}  // namespace
}  // namespace siahub::hub
