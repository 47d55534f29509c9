#include "sia/cipher.hpp"
#include "sia/transfer/transfer_test_support.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

using testing::Bench;
using testing::download;
using testing::run_test;
using testing::splitmix64;
using testing::upload;
using testing::upload_one;

constexpr std::size_t kMiB = 1 << 20;

Bytes part(const Bytes& whole, std::size_t offset, std::size_t length) {
    const auto from = whole.begin() + static_cast<std::ptrdiff_t>(offset);
    return {from, from + static_cast<std::ptrdiff_t>(length)};
}

void expect_distinct_hosts(const Slab& slab) {
    std::set<PublicKey> hosts;
    for (const auto& sector : slab.sectors)
        hosts.insert(sector.host);
    EXPECT_EQ(hosts.size(), slab.sectors.size());
}

Task<bool> round_trip() {
    Bench bench(co_await asio::this_coro::executor, 16);
    const auto body = splitmix64(1, 20 * kMiB + 12345);
    const auto object = co_await upload_one(bench.transfers, body);
    EXPECT_TRUE(object) << object.error().message;
    if (!object) co_return false;
    EXPECT_EQ(object->size(), body.size());
    EXPECT_EQ(object->slabs.size(), 2U);
    for (const auto& slice : object->slabs) {
        EXPECT_EQ(slice.slab.sectors.size(), 14U);
        EXPECT_EQ(slice.slab.version, 1);
        expect_distinct_hosts(slice.slab);
        for (const auto& sector : slice.slab.sectors)
            EXPECT_TRUE(bench.fakes.at(sector.host).sectors.contains(sector.root));
    }
    EXPECT_EQ((co_await download(bench.transfers, *object)).value(), body);
    std::mt19937_64 random(1);
    for (int i = 0; i < 10; ++i) {
        const auto offset = random() % body.size();
        const auto length = random() % std::min(body.size() - offset, kMiB);
        const auto got = co_await download(bench.transfers, *object, offset, length);
        EXPECT_EQ(got.value(), part(body, offset, length)) << offset << " " << length;
    }
    EXPECT_EQ(bench.transfers.sectors.budget().in_use(), 0U);
    EXPECT_EQ(bench.transfers.download_memory.in_use(), 0U);
    co_return true;
}

TEST(Transfer, WhatGoesUpComesDownInWholeAndByRange) {
    run_test(round_trip());
}

Task<bool> few_hosts_left() {
    Bench bench(co_await asio::this_coro::executor, 14);
    const auto body = splitmix64(2, 3 * kMiB);
    const auto object = (co_await upload_one(bench.transfers, body)).value();
    for (std::size_t gone = 0; gone < 10; ++gone) {
        auto& fake = bench.fakes.at(object.slabs[0].slab.sectors[gone].host);
        if (gone % 2 == 0)
            fake.silent = true;
        else
            fake.fault = HostFault::unreachable;
        EXPECT_EQ((co_await download(bench.transfers, object)).value(), body) << gone;
    }
    bench.fakes.at(object.slabs[0].slab.sectors[10].host).fault = HostFault::sector_missing;
    for (auto& [key, fake] : bench.fakes.all()) {
        if (fake.silent) fake.fault = HostFault::unreachable;
        fake.silent = false;
    }
    const auto failed = co_await download(bench.transfers, object);
    EXPECT_EQ(failed.error().code, Code::unavailable);
    EXPECT_TRUE(
        failed.error().message.starts_with("Only 3 of the 4 shards that are needed can be read."))
        << failed.error().message;
    co_return true;
}

TEST(Transfer, ReadsGoOnDownToTheLastFewHosts) {
    run_test(few_hosts_left());
}

Task<bool> lying_hosts() {
    Bench bench(co_await asio::this_coro::executor, 17);
    for (std::size_t i = 0; i < 3; ++i)
        bench.fakes[i].lies_about_roots = true;
    const auto body = splitmix64(3, 5 * kMiB);
    const auto object = (co_await upload_one(bench.transfers, body)).value();
    for (const auto& sector : object.slabs[0].slab.sectors)
        EXPECT_FALSE(bench.fakes.at(sector.host).lies_about_roots);
    for (std::size_t i = 0; i < 10; ++i) {
        auto& fake = bench.fakes.at(object.slabs[0].slab.sectors[i].host);
        (i % 2 == 0 ? fake.lies_about_bytes : fake.lies_about_proofs) = true;
    }
    for (std::size_t offset = 0; offset < body.size(); offset += kMiB)
        EXPECT_EQ((co_await download(bench.transfers, object, offset, kMiB)).value(),
                  part(body, offset, kMiB));
    co_return true;
}

TEST(Transfer, LiesAreNeverBelieved) {
    run_test(lying_hosts());
}

Task<bool> troubled_upload() {
    Bench bench(co_await asio::this_coro::executor, 20);
    bench.fakes[0].fault = HostFault::not_enough_funds;
    bench.fakes[1].fault = HostFault::unreachable;
    bench.fakes[2].fault = HostFault::out_of_storage;
    bench.fakes[3].fault = HostFault::refused;
    bench.fakes[3].failing_calls = 2;
    bench.fakes[4].silent = true;
    bench.fakes[5].prices_expire_once = true;
    const auto body = splitmix64(4, kMiB);
    const auto object = co_await upload_one(bench.transfers, body);
    EXPECT_TRUE(object) << object.error().message;
    expect_distinct_hosts(object->slabs[0].slab);
    EXPECT_EQ((co_await download(bench.transfers, *object)).value(), body);
    EXPECT_EQ(bench.fakes[4].cancelled, 1U);
    co_return true;
}

TEST(Transfer, FailingAndSilentHostsAreReplaced) {
    run_test(troubled_upload());
}

Task<bool> barely_enough() {
    Bench bench(co_await asio::this_coro::executor, 14);
    for (std::size_t i = 0; i < 14; ++i) {
        bench.fakes[i].fault = HostFault::unreachable;
        bench.fakes[i].failing_calls = 2;
    }
    const auto object = co_await upload_one(bench.transfers, splitmix64(5, 100));
    EXPECT_TRUE(object) << object.error().message;
    co_return true;
}

TEST(Transfer, AHostMayTryAgain) {
    run_test(barely_enough());
}

Task<bool> too_few_hosts() {
    const auto executor = co_await asio::this_coro::executor;
    Bench bench(executor, 13);
    EXPECT_EQ((co_await upload_one(bench.transfers, splitmix64(6, 100))).error().message,
              "A slab needs 14 hosts that take uploads, and there are 13.");
    Bench broken(executor, 14);
    broken.fakes[7].fault = HostFault::not_enough_funds;
    const auto failed = co_await upload_one(broken.transfers, splitmix64(6, 100));
    EXPECT_EQ(failed.error().code, Code::unavailable);
    EXPECT_EQ(failed.error().message,
              "Only 13 of 14 hosts took their part of a slab. A host said: The host fails.");
    EXPECT_EQ(broken.fakes[7].price_calls, 3U);
    EXPECT_EQ(broken.transfers.sectors.budget().in_use(), 0U);
    auto options = Bench::quick();
    options.redundancy = {4, 8};
    Bench unsafe(executor, 14, options);
    EXPECT_EQ((co_await upload_one(unsafe.transfers, splitmix64(6, 100))).error().code,
              Code::invalid_argument);
    co_return true;
}

TEST(Transfer, TooFewHostsAreAnErrorThatSaysSo) {
    run_test(too_few_hosts());
}

Task<bool> timeouts() {
    auto options = Bench::quick();
    options.write_timeout = options.read_timeout = std::chrono::milliseconds(300);
    options.race_after = 1e9;
    Bench bench(co_await asio::this_coro::executor, 14, options);
    bench.fakes[0].silent = true;
    const auto failed = co_await upload_one(bench.transfers, splitmix64(7, 100));
    EXPECT_EQ(failed.error().message,
              "Only 13 of 14 hosts took their part of a slab. A host did not answer in time.");
    EXPECT_EQ(bench.fakes[0].cancelled, 3U);
    co_return true;
}

TEST(Transfer, SilenceEndsAtTheTimeout) {
    run_test(timeouts());
}

Task<bool> packed() {
    Bench bench(co_await asio::this_coro::executor, 16);
    std::vector<Bytes> bodies;
    for (const std::size_t size :
         {7 * kMiB, std::size_t{0}, 5 * kMiB + 1, std::size_t{63}, 3 * kMiB, 20 * kMiB + 7})
        bodies.push_back(splitmix64(size, size));
    testing::SlabNotes notes;
    const auto objects = (co_await upload(bench.transfers, bodies, notes)).value();
    EXPECT_EQ(notes.slabs.size(), 3U);
    for (std::size_t i = 0; i < bodies.size(); ++i)
        EXPECT_EQ((co_await download(bench.transfers, objects[i])).value(), bodies[i]) << i;
    // Two objects in one slab do not share a key stream.
    EXPECT_EQ(objects[0].slabs[0].slab, objects[2].slabs[0].slab);
    EXPECT_NE(objects[0].data_key, objects[2].data_key);
    notes.error = Error{Code::unavailable, "indexd is down."};
    const auto failed = co_await upload(bench.transfers, bodies, notes);
    EXPECT_EQ(failed.error().message, "indexd is down.");
    EXPECT_EQ(bench.transfers.sectors.budget().in_use(), 0U);
    co_return true;
}

TEST(Transfer, BodiesShareSlabs) {
    run_test(packed());
}

class ShortSource final : public ByteSource {
  public:
    Task<Result<std::size_t>> read(std::span<std::byte>) override { co_return std::size_t{0}; }
};

Task<bool> short_source() {
    Bench bench(co_await asio::this_coro::executor, 14);
    ShortSource source;
    testing::SlabNotes notes;
    PackedUpload upload(bench.transfers, {{testing::random_key(1), 10, &source}}, notes);
    EXPECT_EQ((co_await upload.run()).error().message, "A body ended before its size was reached.");
    EXPECT_TRUE(notes.slabs.empty());
    co_return true;
}

TEST(Transfer, ABodyThatEndsEarlyIsAnError) {
    run_test(short_source());
}

Task<bool> small_range_cost() {
    auto options = Bench::quick();
    options.redundancy = {10, 30};
    options.slabs_in_memory = 1;
    Bench bench(co_await asio::this_coro::executor, 30, options);
    const auto body = splitmix64(8, 9 * kMiB);
    const auto object = (co_await upload_one(bench.transfers, body)).value();
    MemorySink sink;
    ObjectDownload run(bench.transfers, object, 3 * kMiB + 5, 128 << 10);
    EXPECT_TRUE(co_await run.run(sink));
    EXPECT_EQ(sink.bytes(), part(body, 3 * kMiB + 5, 128 << 10));
    EXPECT_LE(run.cost().bytes_asked, 256U << 10);
    EXPECT_EQ(run.delivered(), 128U << 10);
    co_return true;
}

TEST(Transfer, ASmallRangeCostsLittle) {
    run_test(small_range_cost());
}

Task<bool> whole_object_cost() {
    auto options = Bench::quick();
    options.race_after = 1e9;  // what is late is another matter
    Bench bench(co_await asio::this_coro::executor, 14, options);
    const auto body = splitmix64(10, 32 * kMiB);
    const auto object = (co_await upload_one(bench.transfers, body)).value();
    MemorySink sink;
    ObjectDownload run(bench.transfers, object, 0, body.size());
    EXPECT_TRUE((co_await run.run(sink)).has_value());
    EXPECT_EQ(sink.bytes(), body);
    EXPECT_LT(run.cost().bytes_asked, body.size() + kMiB / 4);
    co_return true;
}

TEST(Transfer, AWholeObjectCostsLittleMoreThanItHas) {
    run_test(whole_object_cost());
}

Task<bool> ends_of_objects() {
    Bench bench(co_await asio::this_coro::executor, 14);
    const auto body = splitmix64(9, 1000);
    auto object = (co_await upload_one(bench.transfers, body)).value();
    EXPECT_EQ((co_await download(bench.transfers, object, 999, 1)).value(), part(body, 999, 1));
    EXPECT_TRUE((co_await download(bench.transfers, object, 1000, 0)).value().empty());
    for (const auto& [offset, length] : {std::pair{999UL, 2UL}, {1001UL, 0UL}, {1UL, ~0UL}})
        EXPECT_EQ((co_await download(bench.transfers, object, offset, length)).error().code,
                  Code::range_not_satisfiable);
    auto newer = object;
    newer.slabs[0].slab.version = 2;
    EXPECT_EQ((co_await download(bench.transfers, newer)).error().code, Code::not_implemented);
    auto beyond = object;
    beyond.slabs[0].offset = 16 * kMiB - 1;
    EXPECT_EQ((co_await download(bench.transfers, beyond)).error().code, Code::invalid_argument);
    auto none = object;
    none.slabs[0].slab.min_shards = 0;
    EXPECT_EQ((co_await download(bench.transfers, none)).error().code, Code::invalid_argument);
    auto few = object;
    few.slabs[0].slab.min_shards = 15;
    EXPECT_EQ((co_await download(bench.transfers, few)).error().code, Code::invalid_argument);
    co_return true;
}

TEST(Transfer, ObjectsThatMakeNoSenseAreErrors) {
    run_test(ends_of_objects());
}

Task<bool> version_0() {
    Bench bench(co_await asio::this_coro::executor, 14);
    // An SDK before version 1 counted along the object: what lies at byte 50 of the slab is here
    // byte 1000 of an object whose first slice lies elsewhere.
    const auto second = splitmix64(11, 3000);
    const auto key = testing::random_key(3);
    auto encrypted = second;
    apply_object_cipher(key, {0, {}, 0, 1000}, encrypted);
    SlabUpload::Sectors sectors;
    for (int i = 0; i < 14; ++i)
        sectors.push_back(co_await bench.transfers.sectors.acquire());
    std::vector<std::span<std::byte>> data;
    for (int i = 0; i < 4; ++i) {
        data.push_back(sectors[static_cast<std::size_t>(i)].bytes());
        std::ranges::fill(data.back(), std::byte{0});
    }
    scatter(encrypted, 50, data);
    const ReedSolomon code(4, 14);
    SlabUpload upload(bench.transfers, code, testing::random_key(4), std::move(sectors));
    auto slab = (co_await upload.run()).value();
    slab.version = 0;
    FetchCost cost;
    ChunkFetch fetch(bench.transfers, key, {&slab, 50 + 70, 1000 + 70, 500}, false, cost);
    EXPECT_EQ((co_await fetch.run()).value(), part(second, 70, 500));
    co_return true;
}

TEST(Transfer, SlabsOfVersion0AreRead) {
    run_test(version_0());
}

template <class T>
Task<void> into(Task<T> transfer, std::optional<T>& outcome) {
    outcome = co_await std::move(transfer);
}

// Starts a transfer, and cancels it as soon as it holds places in the gate.
template <class T>
Task<bool> start_and_cancel(Children& children, AdaptiveGate& gate, Task<T> transfer,
                            std::optional<T>& outcome) {
    children.start(into(std::move(transfer), outcome));
    while (gate.inside() < 4)
        co_await sleep_for(std::chrono::milliseconds(5));
    co_return true;  // around() cancels it
}

Task<bool> cancellation() {
    const auto executor = co_await asio::this_coro::executor;
    Bench bench(executor, 14);
    auto& transfers = bench.transfers;
    Children children(executor);
    bench.silence(true);
    std::optional<Result<Object>> uploaded;
    co_await children.around(start_and_cancel(
        children, transfers.writes, upload_one(transfers, splitmix64(12, 40 * kMiB)), uploaded));
    EXPECT_FALSE(uploaded);
    EXPECT_EQ(transfers.sectors.budget().in_use(), 0U);
    EXPECT_EQ(transfers.writes.inside(), 0U);
    bench.silence(false);
    const auto object = (co_await upload_one(transfers, splitmix64(13, 9 * kMiB))).value();
    bench.silence(true);
    std::optional<Result<Bytes>> downloaded;
    co_await children.around(
        start_and_cancel(children, transfers.reads, download(transfers, object), downloaded));
    EXPECT_FALSE(downloaded);
    EXPECT_EQ(transfers.reads.inside(), 0U);
    EXPECT_EQ(transfers.download_memory.in_use(), 0U);
    co_return true;
}

TEST(Transfer, CancellationLeavesNothingBehind) {
    run_test(cancellation());
}

Task<bool> many_at_once() {
    const auto executor = co_await asio::this_coro::executor;
    auto options = Bench::quick();
    options.slabs_in_memory = 1;  // less than one each
    options.download_memory = 8 * kMiB;
    Bench bench(executor, 16, options);
    std::vector<Bytes> bodies;
    std::vector<std::optional<Result<Object>>> objects(3);
    std::vector<std::optional<Result<Bytes>>> copies(6);
    Children children(executor);
    for (std::size_t i = 0; i < 3; ++i) {
        bodies.push_back(splitmix64(20 + i, 9 * kMiB));
        children.start(into(upload_one(bench.transfers, bodies[i]), objects[i]));
    }
    while (children.running() > 0)
        co_await children.sleep_until(TimePoint::max());
    for (std::size_t i = 0; i < copies.size(); ++i)
        children.start(into(download(bench.transfers, objects[i % 3]->value()), copies[i]));
    while (children.running() > 0)
        co_await children.sleep_until(TimePoint::max());
    for (std::size_t i = 0; i < copies.size(); ++i)
        EXPECT_EQ(copies[i]->value(), bodies[i % 3]) << i;
    co_return true;
}

TEST(Transfer, ManyShareLittleMemory) {
    run_test(many_at_once());
}

}  // namespace
}  // namespace siahub::sia
