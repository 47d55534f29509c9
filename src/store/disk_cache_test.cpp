#include "store/disk_cache.hpp"

#include "store/test_cache.hpp"

#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>

namespace siahub::store {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

TEST_F(DiskCacheTest, FetchesARangeOnceAndOnlyItsChunks) {
    const auto& xorb = add(2'000'000, 1);
    const auto& index = xorb.index;
    const xet::ByteSpan wanted{index.physical_start(3) + 10, index.physical_start(5) - 10};
    EXPECT_EQ(cache_->cached(index.xorb, wanted), false);
    EXPECT_EQ(read(xorb, wanted), expected(xorb, wanted));
    EXPECT_EQ(cache_->cached(index.xorb, wanted), true);
    EXPECT_EQ(cache_->cached(index.xorb, {0, index.records_size()}), false);
    EXPECT_EQ(read(xorb, wanted), expected(xorb, wanted));
    ASSERT_EQ(origin_.fetches.size(), 1U);
    EXPECT_EQ(origin_.fetches[0].bytes, index.physical_range(3, 5));
    EXPECT_EQ(cache_->counts().hits, 1U);
    EXPECT_EQ(cache_->counts().misses, 1U);
    EXPECT_EQ(cache_->bytes_used(), index.physical_range(3, 5).size());
    EXPECT_EQ(run_task(cache_->size(index.xorb)), index.records_size());

    const xet::ByteSpan whole{0, index.records_size()};
    EXPECT_EQ(read(xorb, whole), expected(xorb, whole));
    EXPECT_EQ(cache_->bytes_used(), index.records_size());
    EXPECT_EQ(cache_->counts().fetched_bytes, index.records_size());
}

TEST_F(DiskCacheTest, WhatItHoldsSurvivesARestartWithoutDatabaseOrOrigin) {
    const auto& xorb = add(500'000, 2);
    const xet::ByteSpan whole{0, xorb.index.records_size()};
    ASSERT_TRUE(read(xorb, whole));
    reopen_cache();
    origin_.bodies.clear();
    store_->catalog.drop(xorb.index.xorb);
    ASSERT_TRUE(run_task(database_->execute("DELETE FROM xorbs")));
    EXPECT_EQ(read(xorb, whole), expected(xorb, whole));
    EXPECT_EQ(origin_.fetches.size(), 1U);
    EXPECT_EQ(cache_->bytes_used(), whole.size());
}

// The map is patched to be from another boot, and a page of the body is lost with the power.
TEST_F(DiskCacheTest, AfterAPowerFailurePromisesAreChecked) {
    const auto& xorb = add(500'000, 3);
    const xet::ByteSpan whole{0, xorb.index.records_size()};
    ASSERT_TRUE(read(xorb, whole));
    cache_.reset();
    const auto hex = xorb.index.xorb.hex();
    const auto base = cache_dir() / hex.substr(0, 2) / hex;
    std::fstream(base.string() + ".map", std::ios::in | std::ios::out).seekp(8).write("0000", 4);
    const auto lost = xorb.index.physical_start(2) + 100;
    std::fstream(base.string() + ".body", std::ios::in | std::ios::out)
        .seekp(static_cast<std::streamoff>(lost))
        .write("\0\0\0\0\0\0\0\0", 8);
    reopen_cache();
    origin_.fetches.clear();
    EXPECT_EQ(read(xorb, whole), expected(xorb, whole));
    ASSERT_EQ(origin_.fetches.size(), 1U);
    EXPECT_EQ(origin_.fetches[0].bytes, xorb.index.physical_range(2, 3));
}

TEST_F(DiskCacheTest, DamagedMapsAreRemoved) {
    const auto& xorb = add(300'000, 4);
    const xet::ByteSpan whole{0, xorb.index.records_size()};
    const auto hex = xorb.index.xorb.hex();
    const auto map = (cache_dir() / hex.substr(0, 2) / hex).string() + ".map";
    ASSERT_TRUE(read(xorb, whole));
    const auto size = std::filesystem::file_size(map);
    for (const auto kept : {std::uintmax_t{0}, std::uintmax_t{20}, size - 1}) {
        cache_.reset();
        std::filesystem::resize_file(map, kept);
        reopen_cache();
        EXPECT_EQ(cache_->bytes_used(), 0U);
        EXPECT_EQ(read(xorb, whole), expected(xorb, whole));
    }
}

// A kill between two steps of creating or removing a body leaves one of its two files.
TEST_F(DiskCacheTest, HalfOfABodyIsRemovedAndFetchedAgain) {
    const auto& xorb = add(300'000, 13);
    const xet::ByteSpan whole{0, xorb.index.records_size()};
    const auto hex = xorb.index.xorb.hex();
    const auto base = (cache_dir() / hex.substr(0, 2) / hex).string();
    for (const std::string lost : {".map", ".body"}) {
        ASSERT_TRUE(read(xorb, whole));
        cache_.reset();
        std::filesystem::remove(base + lost);
        reopen_cache();
        EXPECT_EQ(cache_->bytes_used(), 0U);
        EXPECT_FALSE(std::filesystem::exists(base + ".map")) << lost;
        EXPECT_FALSE(std::filesystem::exists(base + ".body")) << lost;
        EXPECT_EQ(read(xorb, whole), expected(xorb, whole));
    }
}

TEST_F(DiskCacheTest, NeverTakesWrongBytes) {
    const auto& xorb = add(500'000, 5);
    const xet::ByteSpan whole{0, xorb.index.records_size()};
    auto& body = origin_.bodies[xorb.index.xorb];
    const auto at = xorb.index.physical_start(4) + 50;
    body[at] ^= std::byte{1};
    EXPECT_EQ(read(xorb, whole).error().code, Code::internal);
    EXPECT_EQ(cache_->counts().refused_chunks, 1U);
    body[at] ^= std::byte{1};
    EXPECT_EQ(read(xorb, whole), expected(xorb, whole));
}

TEST_F(DiskCacheTest, GoesOnWhereATransferBrokeOff) {
    const auto& xorb = add(3'000'000, 6);
    const xet::ByteSpan whole{0, xorb.index.records_size()};
    origin_.fail_next = true;
    EXPECT_EQ(read(xorb, whole).error().code, Code::unavailable);
    origin_.end_after = 1'500'000;
    EXPECT_EQ(read(xorb, whole).error().code, Code::unavailable);
    const auto kept = cache_->bytes_used();
    EXPECT_GT(kept, 1'000'000U);
    origin_.end_after = SIZE_MAX;
    EXPECT_EQ(read(xorb, whole), expected(xorb, whole));
    EXPECT_EQ(origin_.fetches.back().bytes, (xet::ByteSpan{kept, whole.end}));
}

TEST_F(DiskCacheTest, StaysWithinItsSizeAndForgetsTheOldest) {
    reopen_cache(2'500'000);
    const auto& a = add(1'000'000, 7);
    const auto& b = add(1'000'000, 8);
    const auto& c = add(1'000'000, 9);
    const auto all = [](const BuiltXorb& xorb) {
        return xet::ByteSpan{0, xorb.index.records_size()};
    };
    const auto held = run_task(cache_->open(a.index.xorb, all(a)));
    ASSERT_TRUE(held && read(b, all(b)) && read(a, all(a)) && read(c, all(c)));
    EXPECT_LE(cache_->bytes_used(), 2'500'000U);
    EXPECT_EQ(cache_->counts().evicted_bytes, b.index.records_size());
    origin_.fetches.clear();
    ASSERT_TRUE(read(a, all(a)));
    EXPECT_THAT(origin_.fetches, ElementsAre());
    ASSERT_TRUE(read(b, all(b)));
    EXPECT_EQ(origin_.fetches.size(), 1U);
    // Whoever holds a descriptor reads on although the body is gone.
    ASSERT_TRUE(read(c, all(c)) && read(b, all(b)));
    Bytes out(a.index.records_size());
    EXPECT_TRUE(read_exactly((*held)->fd(), 0, out));
    EXPECT_EQ(out, expected(a, all(a)));
    reopen_cache(1'200'000);
    EXPECT_LE(cache_->bytes_used(), 1'200'000U);
}

Task<void> open_whole(DiskCache& cache, const BuiltXorb& xorb, std::atomic<int>& good) {
    const auto file = co_await cache.open(xorb.index.xorb, {0, xorb.index.records_size()});
    if (file) ++good;
}

TEST_F(DiskCacheTest, ManyReadersCauseOneFetch) {
    const auto& xorb = add(1'000'000, 10);
    origin_.pause = milliseconds(2);
    asio::io_context context;
    std::atomic<int> good = 0;
    for (int i = 0; i < 100; ++i)
        asio::co_spawn(context, open_whole(*cache_, xorb, good), asio::detached);
    context.run();
    EXPECT_EQ(good, 100);
    EXPECT_EQ(origin_.fetches.size(), 1U);
    EXPECT_EQ(cache_->counts().coalesced, 99U);
}

Task<void> expect_unavailable(DiskCache& cache, const BuiltXorb& xorb, std::atomic<int>& refused) {
    const auto file = co_await cache.open(xorb.index.xorb, {0, xorb.index.records_size()});
    if (!file && file.error().code == Code::unavailable) ++refused;
}

TEST_F(DiskCacheTest, ThoseWhoWaitedForASilentOriginShareItsFailure) {
    const auto& xorb = add(1'000'000, 12);
    origin_.silence = milliseconds(20);
    asio::io_context context;
    std::atomic<int> refused = 0;
    for (int i = 0; i < 50; ++i)
        asio::co_spawn(context, expect_unavailable(*cache_, xorb, refused), asio::detached);
    context.run();
    EXPECT_EQ(refused, 50);
    EXPECT_EQ(origin_.fetches.size(), 1U);
    // Whoever comes later asks again.
    origin_.silence.reset();
    EXPECT_TRUE(read(xorb, {0, xorb.index.records_size()}));
    EXPECT_EQ(origin_.fetches.size(), 2U);
}

TEST_F(DiskCacheTest, AReaderThatLeavesCancelsItsFetchAndTheNextGoesOn) {
    const auto& xorb = add(4'000'000, 11);
    origin_.pause = milliseconds(2);
    asio::io_context context;
    asio::cancellation_signal leave;
    std::atomic<int> good = 0;
    bool left = false;
    asio::co_spawn(context, open_whole(*cache_, xorb, good),
                   asio::bind_cancellation_slot(leave.slot(), [&](const std::exception_ptr& error) {
                       left = error != nullptr;
                   }));
    while (cache_->counts().fetched_bytes == 0)
        context.run_one();
    asio::co_spawn(context, open_whole(*cache_, xorb, good), asio::detached);
    context.poll();
    leave.emit(asio::cancellation_type::terminal);
    context.run();
    EXPECT_TRUE(left);
    EXPECT_EQ(good, 1);
    EXPECT_EQ(origin_.fetches.size(), 2U);
    EXPECT_EQ(origin_.dropped, 1);
    EXPECT_EQ(cache_->counts().fetched_bytes, xorb.index.records_size());
}

TEST_F(DiskCacheTest, AnUnknownXorbIsNotFound) {
    EXPECT_EQ(run_task(cache_->open(xet::Hash{}, {0, 1})).error().code, Code::not_found);
    EXPECT_EQ(run_task(cache_->size(xet::Hash{})).error().code, Code::not_found);
}

}  // namespace
}  // namespace siahub::store
