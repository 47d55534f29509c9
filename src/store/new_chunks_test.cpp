#include "store/new_chunks.hpp"

#include "store/test_store.hpp"

namespace siahub::store {
namespace {

class NewChunksTest : public StoreTest {
  protected:
    NewChunksTest() {
        first_ = make_client_file(xet::test::noise(1'500'000, 1), 8);
        upload(1, first_);
    }

    // A file that a client made of xorbs that are there.
    xet::Hash add_file(std::uint8_t name, RowId repo, UnixMillis at,
                       const std::vector<xet::Segment>& segments) {
        std::array<std::byte, 32> raw{};
        raw.fill(std::byte{name});
        const auto file = xet::Hash::from_raw(raw);
        std::int64_t offset = 0;
        for (const auto& segment : segments) {
            write(
                "INSERT INTO reconstruction_terms (file_hash, file_offset, xorb_hash, chunk_start,"
                " chunk_end, unpacked_length) VALUES ($1, $2, $3, $4, $5, $6)",
                {file.view(), offset, segment.xorb.view(), std::int64_t{segment.chunk_start},
                 std::int64_t{segment.chunk_end}, std::int64_t{segment.unpacked_length}});
            offset += segment.unpacked_length;
        }
        write(
            "INSERT INTO reconstruction_files (repo_id, file_hash, size, created_at)"
            " VALUES ($1, $2, $3, $4)",
            {repo, file.view(), offset, at});
        return file;
    }
    void write(std::string_view sql, db::Params params) {
        (void)run_task(database_->execute(sql, std::move(params))).value();
    }
    [[nodiscard]] xet::Segment part(std::size_t xorb, std::uint32_t start,
                                    std::uint32_t end) const {
        const auto& index = first_.xorbs.at(xorb).index;
        return {.xorb = index.xorb,
                .chunk_start = start,
                .chunk_end = end,
                .unpacked_length = index.unpacked_size(start, end)};
    }
    std::optional<NewChunks> count(RowId repo, xet::Hash file) {
        return run_task(new_chunks(*database_, store_->catalog, repo, file)).value();
    }

    ClientFile first_;
    const UnixMillis later_ = clock_.now() + 1000;
};

TEST_F(NewChunksTest, AllOfTheFirstFileIsNew) {
    const auto counted = count(1, first_.hash()).value();
    EXPECT_EQ(counted.total, counted.fresh);
    EXPECT_EQ(counted.fresh_bytes, std::ssize(first_.plain));
    EXPECT_GT(counted.total, 8);
}

TEST_F(NewChunksTest, WhatTheRepositoryHadIsNotNew) {
    const auto again = add_file(7, 1, later_, {part(0, 0, 4), part(1, 0, 2)});
    EXPECT_EQ(count(1, again).value().fresh, 0);
    EXPECT_EQ(count(1, again).value().total, 6);
    // To another repository all of it is.
    write(
        "INSERT INTO reconstruction_files (repo_id, file_hash, size, created_at)"
        " VALUES (2, $1, 1, $2)",
        {again.view(), later_});
    EXPECT_EQ(count(2, again).value().fresh, 6);
    EXPECT_FALSE(count(3, again));
}

TEST_F(NewChunksTest, PartsOfRangesAreCountedByTheChunk) {
    const auto early = add_file(7, 5, later_, {part(0, 0, 3)});
    const auto late = add_file(8, 5, later_ + 1, {part(0, 1, 6), part(0, 5, 7)});
    const auto& index = first_.xorbs[0].index;
    EXPECT_EQ(count(5, early).value().fresh, 3);
    const auto counted = count(5, late).value();
    EXPECT_EQ(counted.total, 7);
    EXPECT_EQ(counted.fresh, 4);  // 3 to 6; the second range repeats 5
    EXPECT_EQ(counted.fresh_bytes, index.unpacked_size(3, 7));
}

TEST_F(NewChunksTest, OfFilesThatCameTogetherOneIsTheFirst) {
    const auto one = add_file(7, 5, later_, {part(0, 0, 3)});
    const auto two = add_file(8, 5, later_, {part(0, 0, 3)});
    EXPECT_EQ(count(5, one).value().fresh, 3);
    EXPECT_EQ(count(5, two).value().fresh, 0);
}

}  // namespace
}  // namespace siahub::store
