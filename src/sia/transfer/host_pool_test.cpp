#include "sia/transfer/host_pool.hpp"

#include "sia/transfer/transfer_test_support.hpp"

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

using testing::FakeHosts;
using testing::run_test;

constexpr UnixMillis kNow = 1'700'000'000'000;

// Hosts whose prices hold until a time that the test sets.
class PricedHosts final : public HostTransport {
  public:
    Task<HostResult<HostPrices>> prices(const Host&) override {
        ++price_calls;
        co_await sleep_for(std::chrono::milliseconds(1));
        HostPrices prices;
        prices.valid_until = valid_until;
        co_return prices;
    }
    Task<HostResult<Hash256>> write_sector(const Host&, const HostPrices& prices,
                                           ByteView) override {
        if (prices.valid_until < refuse_before)
            co_return std::unexpected(HostError{HostFault::prices_expired, "Expired."});
        ++writes;
        co_return Hash256{};
    }
    Task<HostResult<SectorRead>> read_sector(const Host&, const HostPrices&, const Hash256&,
                                             std::uint64_t, std::uint64_t) override {
        co_return SectorRead{};
    }
    std::int64_t valid_until = kNow / 1000 + 600, refuse_before = 0;
    int price_calls = 0, writes = 0;
};

Host listed(std::size_t index, bool uploads = true) {
    Host host;
    host.key = FakeHosts::key_of(index);
    host.good_for_upload = uploads;
    return host;
}

Task<void> write_once(HostPool& pool, PublicKey host, int& stored) {
    const Bytes sector(64);
    if (co_await pool.write(host, sector, Hash256{})) ++stored;
}

Task<bool> price_cache() {
    PricedHosts hosts;
    WorkPool work(1);
    ManualClock clock(kNow);
    HostPool pool(hosts, work, clock);
    pool.update({listed(0)});
    const auto key = FakeHosts::key_of(0);
    int stored = 0;
    Children children(co_await asio::this_coro::executor);
    for (int i = 0; i < 5; ++i)
        children.start(write_once(pool, key, stored));
    while (children.running() > 0)
        co_await children.sleep_until(TimePoint::max());
    EXPECT_EQ(stored, 5);
    EXPECT_EQ(hosts.price_calls, 1);
    clock.advance(595'000);  // they would expire on the way
    hosts.valid_until += 600;
    co_await write_once(pool, key, stored);
    EXPECT_EQ(hosts.price_calls, 2);
    // The host has changed its mind early: asked again, once.
    hosts.refuse_before = hosts.valid_until + 1;
    hosts.valid_until += 1;
    co_await write_once(pool, key, stored);
    EXPECT_EQ(hosts.price_calls, 3);
    EXPECT_EQ(stored, 7);
    hosts.refuse_before = hosts.valid_until + 1;
    const Bytes sector(64);
    const auto refused = co_await pool.write(key, sector, Hash256{});
    EXPECT_EQ(refused.error().fault, HostFault::prices_expired);
    EXPECT_EQ(hosts.price_calls, 4);
    work.stop();
    co_return true;
}

TEST(HostPool, PricesAreAskedForOnceAndKept) {
    run_test(price_cache());
}

Task<bool> ranking() {
    FakeHosts fakes(4);
    WorkPool work(1);
    SystemClock clock;
    HostPool pool(fakes, work, clock);
    auto list = fakes.list();
    list[3].good_for_upload = false;
    pool.update(list);
    EXPECT_EQ(pool.size(), 4U);
    EXPECT_EQ(pool.good_for_upload(), 3U);
    const auto key = [](std::size_t index) { return FakeHosts::key_of(index); };
    const Bytes sector(kSectorSize);
    const auto root = sector_root(sector);
    // Of those nobody has tried, any; then the tried one comes after them.
    EXPECT_TRUE(co_await pool.write(key(0), sector, root));
    const auto next = pool.best_for_upload([](const PublicKey&) { return true; });
    EXPECT_NE(next, key(0));
    fakes[1].fault = HostFault::unreachable;
    EXPECT_FALSE(co_await pool.write(key(1), sector, root));
    fakes[2].lies_about_roots = true;
    EXPECT_EQ((co_await pool.write(key(2), sector, root)).error().fault, HostFault::bad_answer);
    // Who failed comes last, and who takes no uploads never comes.
    EXPECT_EQ(pool.best_for_upload([](const PublicKey&) { return true; }), key(0));
    EXPECT_EQ(pool.best_for_upload([&](const PublicKey& host) { return host == key(3); }),
              std::nullopt);
    EXPECT_EQ(pool.count_for_upload([&](const PublicKey& host) { return host != key(0); }), 2U);
    EXPECT_LT(pool.read_rank(key(0), 100), pool.read_rank(key(1), 100));
    const auto view = pool.view();
    EXPECT_EQ(view.size(), 4U);
    EXPECT_EQ(view[1].last_error, "The host fails.");
    EXPECT_TRUE(view[0].write_bytes_per_second);
    EXPECT_FALSE(view[3].write_bytes_per_second);
    // What is known of hosts that stay is kept.
    pool.update({listed(1), listed(7)});
    EXPECT_EQ(pool.view()[0].last_error, "The host fails.");
    EXPECT_FALSE(pool.knows(key(0)));
    EXPECT_EQ((co_await pool.write(key(0), sector, root)).error().fault, HostFault::unreachable);
    work.stop();
    co_return true;
}

TEST(HostPool, RanksByWhatItHasSeen) {
    run_test(ranking());
}

Task<bool> silent_host() {
    FakeHosts fakes(2);
    WorkPool work(1);
    SystemClock clock;
    HostPool pool(fakes, work, clock);
    pool.update(fakes.list());
    fakes[0].silent = true;
    int stored = 0;
    Children children(co_await asio::this_coro::executor);
    const auto lost = children.start(write_once(pool, FakeHosts::key_of(0), stored));
    co_await sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(pool.view()[0].in_flight, 1U);
    children.cancel(lost);
    while (children.running() > 0)
        co_await children.sleep_until(TimePoint::max());
    EXPECT_EQ(stored, 0);
    EXPECT_EQ(pool.view()[0].in_flight, 0U);
    // It is no stranger any more: others go first.
    EXPECT_EQ(pool.best_for_upload([](const PublicKey&) { return true; }), FakeHosts::key_of(1));
    work.stop();
    co_return true;
}

TEST(HostPool, SilenceIsASample) {
    run_test(silent_host());
}

}  // namespace
}  // namespace siahub::sia
