#include "cas/revision.hpp"

#include <gtest/gtest.h>

namespace siahub::cas {
namespace {

TEST(Revision, FirstReading) {
    const auto first = [](std::string_view rest) { return readings_of(rest).value().front(); };
    EXPECT_EQ(first("main"), (RevisionAndPath{"main", ""}));
    EXPECT_EQ(first("main/a/b.txt"), (RevisionAndPath{"main", "a/b.txt"}));
    EXPECT_EQ(first("main/a%2Fb%20c/"), (RevisionAndPath{"main", "a/b c"}));
    EXPECT_EQ(first("refs%2Fpr%2F1/a+b"), (RevisionAndPath{"refs/pr/1", "a+b"}));
    EXPECT_EQ(first("refs/pr/1/a"), (RevisionAndPath{"refs/pr/1", "a"}));
    EXPECT_EQ(first("refs/heads/main"), (RevisionAndPath{"refs/heads/main", ""}));
}

TEST(Revision, LaterReadingsTakeLongerBranchNames) {
    const auto readings = readings_of("feature/x/file").value();
    EXPECT_EQ(readings.at(1), (RevisionAndPath{"feature/x", "file"}));
    EXPECT_EQ(readings.at(2), (RevisionAndPath{"feature/x/file", ""}));
    EXPECT_EQ(readings.size(), 3);
}

TEST(Revision, BrokenEscapesAreErrors) {
    EXPECT_FALSE(readings_of("main/%zz"));
}

}  // namespace
}  // namespace siahub::cas
