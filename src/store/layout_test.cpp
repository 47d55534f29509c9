#include "store/layout.hpp"

#include "core/temp_dir.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace siahub::store {
namespace {

struct stat status_of(const std::filesystem::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status;
}

Bytes pattern(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::byte>(i * 31 >> 3 & 0xff);
    return bytes;
}

// Space is taken ahead in steps; none of it may stay with a finished file.
TEST(TempFile, AFinishedFileHoldsItsBytesAndNoMoreSpace) {
    constexpr std::size_t kPiece = 300'001;
    constexpr std::uint64_t kSpaceOfExtents = 64 * 1024;
    const TempDir dir;
    for (const std::size_t pieces : {0U, 1U, 2U, 40U}) {
        const auto target = dir.path() / std::to_string(pieces);
        const auto piece = pattern(kPiece);
        Bytes expected;
        auto file = TempFile::create(dir.path()).value();
        for (std::size_t i = 0; i < pieces; ++i) {
            ASSERT_TRUE(file.append(piece).has_value());
            expected.insert(expected.end(), piece.begin(), piece.end());
        }
        ASSERT_TRUE(file.sync().has_value());
        ASSERT_TRUE(file.move_to(target).has_value());
        EXPECT_EQ(file.size(), expected.size());
        const auto status = status_of(target);
        ASSERT_EQ(static_cast<std::size_t>(status.st_size), expected.size());
        EXPECT_LE(static_cast<std::uint64_t>(status.st_blocks) * 512,
                  expected.size() + kSpaceOfExtents);
        Bytes read(expected.size());
        ASSERT_TRUE(read_exactly(file.fd(), 0, read).has_value());
        EXPECT_EQ(read, expected);
    }
}

TEST(TempFile, AFileThatGrowsAfterASyncIsWhole) {
    const TempDir dir;
    const auto piece = pattern(1 << 20);
    auto file = TempFile::create(dir.path()).value();
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(file.append(piece).has_value());
        ASSERT_TRUE(file.sync().has_value());
    }
    Bytes read(piece.size());
    for (std::uint64_t i = 0; i < 3; ++i) {
        ASSERT_TRUE(read_exactly(file.fd(), i * piece.size(), read).has_value());
        EXPECT_EQ(read, piece);
    }
}

TEST(TempFile, AFileThatWasNotMovedDisappears) {
    const TempDir dir;
    {
        auto file = TempFile::create(dir.path()).value();
        ASSERT_TRUE(file.append(pattern(100)).has_value());
        EXPECT_FALSE(std::filesystem::is_empty(dir.path()));
    }
    EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

}  // namespace
}  // namespace siahub::store
