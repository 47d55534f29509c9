// Two nodes, each with a disk of its own, on one database.

#include "store/nodes.hpp"

#include "store/test_store.hpp"

#include <thread>

namespace siahub::store {
namespace {

// The same chunks without compression: another serialization of one xorb.
Bytes stored_plainly(std::span<const ByteView> chunks) {
    Bytes body;
    for (const ByteView chunk : chunks) {
        const xet::ChunkHeader header{.scheme = xet::Scheme::none,
                                      .stored = static_cast<std::uint32_t>(chunk.size()),
                                      .unpacked = static_cast<std::uint32_t>(chunk.size())};
        std::array<std::byte, xet::kChunkHeader> bytes{};
        xet::write_chunk_header(header, bytes);
        append(body, bytes);
        append(body, chunk);
    }
    return body;
}

class NodesTest : public StoreTest {
  protected:
    NodesTest() {
        reopen_other();
        announce();
    }

    void reopen_other() {
        other_.reset();
        auto opened =
            run_task(Store::open(*database_, {compute_, disk_}, clock_, log_,
                                 {.data = other_dir_.path(), .keys = dir_.path() / "keys"}));
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        other_ = std::move(*opened);
    }
    void announce() {
        ASSERT_TRUE(run_task(store_->nodes.announce("http://a")).has_value());
        ASSERT_TRUE(run_task(other_->nodes.announce("http://b")).has_value());
    }
    static StoredXorb put(Store& store, ByteView body, const xet::Hash& xorb, RowId repo = 1) {
        auto stored = run_task(upload_xorb(store, xorb, body, 256 * 1024, repo));
        if (!stored) throw std::runtime_error(stored.error().message);
        return *std::move(stored);
    }
    StoredXorb put(Store& store) { return put(store, compressed_.body, hash_); }
    [[nodiscard]] std::vector<std::string> holders() {
        return run_task(store_->nodes.holders(hash_)).value();
    }
    static std::optional<std::uint64_t> on_disk(const Store& store, const xet::Hash& xorb) {
        return store.bodies.size_of(xorb);
    }
    std::int64_t described_size() {
        return run_task(database_->query("SELECT stored_size FROM xorbs WHERE hash = $1",
                                         {hash_.view()}))
            .value()
            .at(0)
            .integer(0);
    }

    TempDir other_dir_;
    std::unique_ptr<Store> other_;
    Bytes plain_ = xet::test::text(300'000);
    BuiltXorb compressed_ = build_xorb(cut_chunks(plain_));
    Bytes stored_ = stored_plainly(cut_chunks(plain_));
    xet::Hash hash_ = compressed_.index.xorb;
};

TEST_F(NodesTest, AnIdStaysWithItsFiles) {
    EXPECT_EQ(store_->nodes.own().size(), 32U);
    EXPECT_NE(store_->nodes.own(), other_->nodes.own());
    const auto before = store_->nodes.own();
    reopen();
    EXPECT_EQ(store_->nodes.own(), before);
    EXPECT_EQ(run_task(other_->nodes.url_of(before)).value(), "http://a");
    EXPECT_EQ(run_task(other_->nodes.url_of("nobody")).value(), std::nullopt);
}

TEST_F(NodesTest, WhatOneNodeHoldsIsNotStoredTwice) {
    EXPECT_TRUE(put(*store_).was_inserted);
    const auto again = put(*other_, stored_, hash_, 7);
    EXPECT_FALSE(again.was_inserted);
    EXPECT_EQ(*again.index, compressed_.index);
    EXPECT_EQ(on_disk(*other_, hash_), std::nullopt);
    EXPECT_EQ(holders(), std::vector<std::string>{"http://a"});
    EXPECT_TRUE(run_task(other_->upload_notes.holds(7, hash_)).value());
    EXPECT_FALSE(run_task(other_->upload_notes.holds(8, hash_)).value());
}

TEST_F(NodesTest, OneNodesRecoveryLeavesTheOthersAlone) {
    put(*store_);
    reopen_other();
    EXPECT_EQ(holders().size(), 1U);
    std::filesystem::remove(body_path(hash_));
    reopen_other();
    EXPECT_EQ(holders().size(), 1U);
    reopen();
    EXPECT_EQ(holders().size(), 0U);
}

TEST_F(NodesTest, BodiesOfNobodyGoToTheFirstNodeThatStarts) {
    put(*store_);
    ASSERT_TRUE(run_task(database_->execute("UPDATE xorb_bodies SET node = ''")).has_value());
    reopen();
    EXPECT_EQ(holders(), std::vector<std::string>{"http://a"});
}

TEST_F(NodesTest, WhatASilentNodeHeldIsStoredAgain) {
    put(*store_);
    clock_.advance(kNodeSilence + 1);
    ASSERT_TRUE(run_task(other_->nodes.announce("http://b")).has_value());
    EXPECT_TRUE(put(*other_).was_inserted);
    EXPECT_EQ(holders(), (std::vector<std::string>{"http://b", "http://a"}));
    // Back again: both have it now.
    reopen();
    announce();
    EXPECT_EQ(holders().size(), 2U);
    EXPECT_EQ(on_disk(*store_, hash_), compressed_.body.size());
}

TEST_F(NodesTest, OnlyALostNodeIsForgotten) {
    put(*store_);
    EXPECT_EQ(run_task(other_->nodes.forget("nobody")).error().code, Code::not_found);
    EXPECT_EQ(run_task(other_->nodes.forget(store_->nodes.own())).error().code, Code::conflict);
    clock_.advance(kNodeSilence + 1);
    ASSERT_TRUE(run_task(other_->nodes.announce("http://b")).has_value());
    auto listed = run_task(other_->nodes.list()).value();
    ASSERT_EQ(listed.size(), 2U);
    const auto& a = listed[listed[0].url == "http://a" ? 0 : 1];
    EXPECT_EQ(a.bodies, 1);
    EXPECT_EQ(a.bodies_only_here, 1);
    ASSERT_TRUE(run_task(other_->nodes.forget(store_->nodes.own())).has_value());
    EXPECT_EQ(holders().size(), 0U);
    EXPECT_EQ(run_task(other_->nodes.list()).value().size(), 1U);
    // It was not lost after all: its bodies count again.
    reopen();
    announce();
    EXPECT_EQ(holders().size(), 1U);
}

TEST_F(NodesTest, ASilentNodesSerializationGivesWay) {
    put(*store_);
    clock_.advance(kNodeSilence + 1);
    ASSERT_TRUE(run_task(other_->nodes.announce("http://b")).has_value());
    EXPECT_TRUE(put(*other_, stored_, hash_).was_inserted);
    EXPECT_EQ(holders(), std::vector<std::string>{"http://b"});
    EXPECT_EQ(described_size(), std::ssize(stored_));
    // Signed ranges point into the new one: the old one goes when its node comes back.
    reopen();
    announce();
    EXPECT_EQ(on_disk(*store_, hash_), std::nullopt);
    EXPECT_EQ(holders(), std::vector<std::string>{"http://b"});
    EXPECT_EQ(described_size(), std::ssize(stored_));
}

TEST_F(NodesTest, OneOfTwoSerializationsThatComeAtOnceWins) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto plain = xet::test::text(200'000 + static_cast<std::size_t>(seed));
        const auto chunks = cut_chunks(plain);
        const auto compressed = build_xorb(chunks);
        const auto stored = stored_plainly(chunks);
        hash_ = compressed.index.xorb;
        std::optional<StoredXorb> here, there;
        {
            const std::jthread one([&] { here = put(*store_, compressed.body, hash_); });
            const std::jthread two([&] { there = put(*other_, stored, hash_); });
        }
        EXPECT_EQ(*here->index, *there->index);
        EXPECT_EQ(holders().size(), 1U);
        EXPECT_NE(on_disk(*store_, hash_).has_value(), on_disk(*other_, hash_).has_value());
        EXPECT_EQ(static_cast<std::uint64_t>(described_size()), here->index->records_size());
        auto& holder = on_disk(*store_, hash_) ? *store_ : *other_;
        EXPECT_EQ(on_disk(holder, hash_), here->index->records_size());
    }
}

TEST_F(NodesTest, AFileSpreadOverTwoNodesIsOneFile) {
    make_repo(1, 1, false);
    const auto file = make_client_file(xet::test::noise(3'000'000, 5));
    ASSERT_GT(file.xorbs.size(), 1U);
    for (std::size_t i = 0; i < file.xorbs.size(); ++i)
        put(i % 2 == 0 ? *store_ : *other_, file.xorbs[i].body, file.xorbs[i].index.xorb);
    ASSERT_TRUE(register_shard(1, file.shard).has_value());
    const auto known = run_task(other_->files.find(1, file.hash()));
    ASSERT_TRUE(known.has_value()) << known.error().message;
}

}  // namespace
}  // namespace siahub::store
