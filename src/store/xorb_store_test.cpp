#include "store/test_store.hpp"

#include <thread>

#include <fcntl.h>

namespace siahub::store {
namespace {

using XorbStoreTest = StoreTest;

BuiltXorb some_xorb(std::size_t size = 700'000, std::uint64_t seed = 1) {
    const auto plain = xet::test::noise(size, seed);
    return build_xorb(cut_chunks(plain));
}

TEST_F(XorbStoreTest, KeepsWhatWasUploadedUnderItsHash) {
    const auto xorb = some_xorb();
    const auto first = run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body, 1000)).value();
    EXPECT_TRUE(first.was_inserted);
    EXPECT_EQ(*first.index, xorb.index);
    EXPECT_EQ(store_->bodies.size_of(xorb.index.xorb), xorb.body.size());
    EXPECT_EQ(files_below("tmp"), 0U);

    const auto again = run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).value();
    EXPECT_FALSE(again.was_inserted);
    reopen();
    EXPECT_EQ(*run_task(store_->catalog.find(xorb.index.xorb)).value(), xorb.index);
    EXPECT_EQ(files_below("tmp"), 0U);
    EXPECT_EQ(files_below("xorbs"), 1U);
}

TEST_F(XorbStoreTest, FooterIsCheckedAndDropped) {
    auto xorb = some_xorb();
    append(xorb.body, xet::build_footer_v1(xorb.index));
    ASSERT_TRUE(run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).has_value());
    EXPECT_EQ(store_->bodies.size_of(xorb.index.xorb), xorb.index.records_size());
}

TEST_F(XorbStoreTest, FirstSerializationStays) {
    const auto plain = xet::test::text(300'000);
    const auto chunks = cut_chunks(plain);
    const auto compressed = build_xorb(chunks);
    Bytes stored;
    for (const ByteView chunk : chunks) {
        const xet::ChunkHeader header{.scheme = xet::Scheme::none,
                                      .stored = static_cast<std::uint32_t>(chunk.size()),
                                      .unpacked = static_cast<std::uint32_t>(chunk.size())};
        std::array<std::byte, xet::kChunkHeader> bytes{};
        xet::write_chunk_header(header, bytes);
        append(stored, bytes);
        append(stored, chunk);
    }
    ASSERT_NE(stored.size(), compressed.body.size());
    const auto hash = compressed.index.xorb;
    ASSERT_TRUE(run_task(upload_xorb(*store_, hash, compressed.body)).value().was_inserted);
    const auto second = run_task(upload_xorb(*store_, hash, stored)).value();
    EXPECT_FALSE(second.was_inserted);
    EXPECT_EQ(*second.index, compressed.index);
    EXPECT_EQ(store_->bodies.size_of(hash), compressed.body.size());
}

TEST_F(XorbStoreTest, BadUploadsLeaveNothing) {
    const auto xorb = some_xorb();
    auto flipped = xorb.body;
    flipped[5000] ^= std::byte{1};
    const auto truncated = ByteView(xorb.body).first(xorb.body.size() - 1);
    auto trailing = xorb.body;
    append(trailing, as_bytes("XYZ"));
    for (const ByteView body : {ByteView(flipped), truncated, ByteView(trailing), ByteView()}) {
        const auto result = run_task(upload_xorb(*store_, xorb.index.xorb, body));
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().code, Code::invalid_argument);
    }
    EXPECT_EQ(files_below("tmp"), 0U);
    EXPECT_EQ(files_below("xorbs"), 0U);
    EXPECT_EQ(count("xorbs"), 0);
    // The same holds when the xorb exists: nobody gets a yes for bytes that are not it.
    ASSERT_TRUE(run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).has_value());
    EXPECT_FALSE(run_task(upload_xorb(*store_, xorb.index.xorb, flipped)).has_value());
}

TEST_F(XorbStoreTest, UploadDroppedInTheMiddleLeavesNothing) {
    const auto xorb = some_xorb();
    {
        auto upload = store_->xorbs.begin(xorb.index.xorb, 1);
        ASSERT_TRUE(run_task(upload->feed(ByteView(xorb.body).first(300'000))).has_value());
        EXPECT_EQ(files_below("tmp"), 1U);
    }
    EXPECT_EQ(files_below("tmp"), 0U);
}

TEST_F(XorbStoreTest, ConcurrentUploadsOfOneXorbStoreItOnce) {
    const auto xorb = some_xorb(3'000'000);
    const auto other = some_xorb(1'000'000, 2);
    std::atomic<int> inserted = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 6; ++i) {
            threads.emplace_back([&] {
                const auto same = run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body));
                ASSERT_TRUE(same.has_value()) << same.error().message;
                inserted += same->was_inserted ? 1 : 0;
                EXPECT_TRUE(
                    run_task(upload_xorb(*store_, other.index.xorb, other.body)).has_value());
            });
        }
    }
    EXPECT_EQ(inserted, 1);
    EXPECT_EQ(count("xorbs"), 2);
    EXPECT_EQ(files_below("xorbs"), 2U);
    EXPECT_EQ(files_below("tmp"), 0U);
}

TEST_F(XorbStoreTest, LostBodyIsStoredAgainByTheNextUpload) {
    const auto xorb = some_xorb();
    ASSERT_TRUE(run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).has_value());
    std::filesystem::remove(body_path(xorb.index.xorb));
    EXPECT_TRUE(run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).value().was_inserted);
    EXPECT_EQ(store_->bodies.size_of(xorb.index.xorb), xorb.body.size());
}

TEST_F(XorbStoreTest, LayoutGroupsByTheFirstDigits) {
    const auto xorb = some_xorb();
    const auto hex = xorb.index.xorb.hex();
    EXPECT_EQ(body_path(xorb.index.xorb),
              dir_.path() / "xorbs" / hex.substr(0, 2) / hex.substr(2, 2) / hex);
}

TEST_F(XorbStoreTest, FullDiskIsUnavailableAndSaysSo) {
    const FileHandle full(::open("/dev/full", O_WRONLY));
    const auto written = write_all(full.fd(), as_bytes("x"));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code, Code::unavailable);
    EXPECT_NE(written.error().message.find("full"), std::string::npos);
}

TEST_F(XorbStoreTest, RecoveryEmptiesTmp) {
    std::ofstream(dir_.path() / "tmp" / "left-over") << "half a xorb";
    reopen();
    EXPECT_EQ(files_below("tmp"), 0U);
}

TEST_F(XorbStoreTest, RecoveryAdoptsAWholeBodyWithoutRows) {
    const auto xorb = some_xorb();
    ASSERT_TRUE(run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).has_value());
    ASSERT_TRUE(run_task(database_->execute("DELETE FROM xorb_bodies")).has_value());
    ASSERT_TRUE(run_task(database_->execute("DELETE FROM xorbs")).has_value());
    reopen();
    EXPECT_EQ(*run_task(store_->catalog.find(xorb.index.xorb)).value(), xorb.index);
}

TEST_F(XorbStoreTest, RecoveryRemovesADamagedBodyWithoutRows) {
    const auto xorb = some_xorb();
    ASSERT_TRUE(run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).has_value());
    ASSERT_TRUE(run_task(database_->execute("DELETE FROM xorb_bodies")).has_value());
    std::filesystem::resize_file(body_path(xorb.index.xorb), 1000);
    reopen();
    EXPECT_EQ(files_below("xorbs"), 0U);
    EXPECT_FALSE(run_task(store_->catalog.contains(xorb.index.xorb)).value());
}

TEST_F(XorbStoreTest, RecoveryForgetsRowsWithoutTheirBody) {
    const auto gone = some_xorb(200'000, 1);
    const auto cut = some_xorb(200'000, 2);
    const auto kept = some_xorb(200'000, 3);
    for (const auto* xorb : {&gone, &cut, &kept})
        ASSERT_TRUE(run_task(upload_xorb(*store_, xorb->index.xorb, xorb->body)).has_value());
    std::filesystem::remove(body_path(gone.index.xorb));
    std::filesystem::resize_file(body_path(cut.index.xorb), 1000);
    reopen();
    EXPECT_FALSE(run_task(store_->catalog.contains(gone.index.xorb)).value());
    EXPECT_EQ(run_task(store_->catalog.find(cut.index.xorb)).error().code, Code::not_found);
    EXPECT_TRUE(run_task(store_->catalog.contains(kept.index.xorb)).value());
    EXPECT_TRUE(run_task(upload_xorb(*store_, cut.index.xorb, cut.body)).value().was_inserted);
}

TEST_F(XorbStoreTest, OpenDescriptorsAreBounded) {
    LocalBodies bodies(store_->bodies.layout(), {compute_, disk_}, 2);
    std::vector<xet::Hash> hashes;
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const auto xorb = some_xorb(20'000, seed);
        ASSERT_TRUE(run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).has_value());
        hashes.push_back(xorb.index.xorb);
    }
    std::vector<std::weak_ptr<const FileHandle>> opened;
    for (const auto& hash : hashes)
        opened.emplace_back(run_task(bodies.open(hash, {})).value());
    EXPECT_EQ(std::ranges::count_if(opened, [](const auto& file) { return !file.expired(); }), 2);
    EXPECT_EQ(run_task(bodies.open(xet::Hash{}, {})).error().code, Code::not_found);
}

TEST_F(XorbStoreTest, CatalogCacheIsBoundedAndStillFindsAll) {
    XorbCatalog catalog(*database_, 16 * 1024);
    std::vector<xet::Hash> hashes;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const auto xorb = some_xorb(400'000, seed);
        ASSERT_TRUE(run_task(upload_xorb(*store_, xorb.index.xorb, xorb.body)).has_value());
        hashes.push_back(xorb.index.xorb);
    }
    hashes.push_back(hashes.front());
    hashes.emplace_back();
    const auto set = run_task(catalog.load(hashes)).value();
    EXPECT_EQ(set.find(hashes.front())->xorb, hashes.front());
    EXPECT_EQ(set.find(xet::Hash{}), nullptr);
    for (const auto& hash : hashes)
        EXPECT_EQ(run_task(catalog.contains(hash)).value(), !hash.is_zero());
}

}  // namespace
}  // namespace siahub::store
