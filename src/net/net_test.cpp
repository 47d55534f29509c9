#include "core/run_task.hpp"
#include "net/buffer_pool.hpp"
#include "net/deadlines.hpp"
#include "net/fair_shares.hpp"
#include "net/gate.hpp"
#include "net/io_threads.hpp"
#include "net/listener.hpp"

#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace siahub::net {
namespace {

using std::chrono::milliseconds;

TEST(IoThreads, RunWorkOnEveryThreadAndStopTwice) {
    IoThreads io(3);
    EXPECT_EQ(io.count(), 3U);
    io.start();
    std::atomic<int> ran = 0;
    for (std::size_t i = 0; i < io.count(); ++i)
        asio::post(io.context(i), [&] { ++ran; });
    while (ran < 3)
        std::this_thread::yield();
    io.stop();
    io.stop();
}

TEST(Gate, WaitsForEveryPass) {
    Gate gate;
    std::optional<Gate::Pass> pass(std::in_place, gate);
    EXPECT_FALSE(gate.wait_for(milliseconds(5)));
    Gate::Pass moved = std::move(*pass);
    pass.reset();
    EXPECT_FALSE(gate.wait_for(milliseconds(0)));
    const std::jthread leaver([held = std::move(moved)] {});
    gate.wait();
}

TEST(Listener, SharesOnePortAndNamesWhatIsWrong) {
    asio::io_context context;
    auto first = listen(context, "127.0.0.1", 0);
    ASSERT_TRUE(first) << first.error().message;
    const auto port = first->local_endpoint().port();
    EXPECT_TRUE(listen(context, "127.0.0.1", port));
    EXPECT_EQ(listen(context, "localhost", 0).error().code, Code::invalid_argument);
    EXPECT_EQ(listen(context, "192.0.2.1", 0).error().code, Code::unavailable);
}

struct Counter : Deadlines::Entry {
    using Entry::Entry;
    using Entry::set_deadline;
    void on_deadline() override { ++fired; }
    void on_sweep() override { ++sweeps; }
    int fired = 0;
    int sweeps = 0;
};

TEST(Deadlines, FireOnceAndOnlyWhenDue) {
    asio::io_context context(1);
    Deadlines deadlines(context, milliseconds(2));
    auto gone = std::make_unique<Counter>(deadlines);
    Counter due(deadlines);
    Counter later(deadlines);
    gone->set_deadline(std::chrono::steady_clock::now());
    gone.reset();
    due.set_deadline(std::chrono::steady_clock::now() + milliseconds(4));
    later.set_deadline(std::chrono::steady_clock::now() + std::chrono::hours(1));
    asio::co_spawn(context, deadlines.run(), asio::detached);
    asio::steady_timer end(context, milliseconds(40));
    end.async_wait([&](auto) { deadlines.stop(); });
    context.run();
    EXPECT_EQ(due.fired, 1);
    EXPECT_EQ(later.fired, 0);
    EXPECT_GT(later.sweeps, 1);
}

Task<void> take(ByteBudget& budget, std::size_t bytes, std::vector<std::size_t>& order,
                std::vector<ByteBudget::Lease>& leases) {
    leases.push_back(co_await budget.acquire(bytes));
    order.push_back(bytes);
}

TEST(ByteBudget, ServesInOrderAndNeverBeyondTheLimit) {
    asio::io_context context(1);
    ByteBudget budget(100);
    std::vector<std::size_t> order;
    std::vector<ByteBudget::Lease> leases;
    leases.reserve(8);
    for (const std::size_t bytes : {60U, 50U, 10U, 500U})
        asio::co_spawn(context, take(budget, bytes, order, leases), asio::detached);
    context.poll();
    EXPECT_EQ(order, std::vector<std::size_t>{60});  // 10 would fit but has to queue
    leases[0].release();
    context.poll();
    EXPECT_EQ(order, (std::vector<std::size_t>{60, 50, 10}));
    EXPECT_EQ(budget.in_use(), 60U);
    leases.clear();
    context.poll();
    EXPECT_EQ(order.back(), 500U);
    EXPECT_EQ(budget.in_use(), 100U);
}

TEST(ByteBudget, ALeaseMayShrink) {
    asio::io_context context;
    ByteBudget budget(100);
    std::vector<std::size_t> order;
    std::vector<ByteBudget::Lease> leases;
    for (const std::size_t bytes : {90U, 60U})
        asio::co_spawn(context, take(budget, bytes, order, leases), asio::detached);
    context.poll();
    ASSERT_EQ(leases.size(), 1U);
    leases[0].shrink(95);
    EXPECT_EQ(leases[0].bytes(), 90U);
    leases[0].shrink(40);
    context.restart();
    context.poll();
    EXPECT_EQ(leases.size(), 2U);
    EXPECT_EQ(budget.in_use(), 100U);
    leases.clear();
    EXPECT_EQ(budget.in_use(), 0U);
}

TEST(ByteBudget, ACancelledWaiterMakesRoomForTheNext) {
    asio::io_context context(1);
    ByteBudget budget(100);
    std::vector<std::size_t> order;
    std::vector<ByteBudget::Lease> leases;
    asio::cancellation_signal cancel;
    bool threw = false;
    asio::co_spawn(context, take(budget, 60, order, leases), asio::detached);
    asio::co_spawn(
        context, take(budget, 90, order, leases),
        asio::bind_cancellation_slot(
            cancel.slot(), [&](const std::exception_ptr& error) { threw = error != nullptr; }));
    asio::co_spawn(context, take(budget, 40, order, leases), asio::detached);
    context.poll();
    cancel.emit(asio::cancellation_type::terminal);
    context.poll();
    EXPECT_TRUE(threw);
    EXPECT_EQ(order, (std::vector<std::size_t>{60, 40}));
    leases.clear();
    EXPECT_EQ(budget.in_use(), 0U);
}

Task<void> hold_briefly(BufferPool& pool, std::atomic<int>& out, std::atomic<int>& most) {
    for (int round = 0; round < 200; ++round) {
        auto buffer = co_await pool.acquire();
        const int now = ++out;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        buffer.bytes().front() = std::byte{1};
        co_await asio::post(asio::use_awaitable);
        --out;
    }
}

Task<void> take_share(FairShares& shares, FairShares::Owner owner, FairShares::Share& share,
                      int& taken) {
    share = co_await shares.acquire(owner, 1);
    ++taken;
}

TEST(FairShares, AnOwnerWaitsForHisOwnAndNobodyElseDoes) {
    asio::io_context context;
    FairShares shares(2);
    std::array<FairShares::Share, 5> held;
    int of_one = 0;
    int of_two = 0;
    const auto run = [&] {
        context.restart();
        context.poll();
    };
    for (auto& share : std::span(held).first(4))
        asio::co_spawn(context, take_share(shares, 1, share, of_one), asio::detached);
    asio::co_spawn(context, take_share(shares, 2, held[4], of_two), asio::detached);
    run();
    EXPECT_EQ(of_one, 2);
    EXPECT_EQ(of_two, 1);
    held[4] = {};
    run();
    EXPECT_EQ(of_one, 2);
    held[0] = {};
    run();
    EXPECT_EQ(of_one, 3);
    held[1] = {};
    run();
    EXPECT_EQ(of_one, 4);
}

TEST(FairShares, OwnersWhoHoldNothingAreForgotten) {
    asio::io_context context;
    FairShares shares(1);
    FairShares::Share share;
    int taken = 0;
    for (FairShares::Owner owner = 0; owner < 10'000; ++owner) {
        asio::co_spawn(context, take_share(shares, owner, share, taken), asio::detached);
        context.restart();
        context.run();
    }
    EXPECT_EQ(taken, 10'000);
    EXPECT_LT(shares.owners(), 100U);
}

TEST(BufferPool, NeverHandsOutMoreThanItHasOnAnyThread) {
    IoThreads io(2);
    io.start();
    BufferPool pool(64 * 1024, 3);
    std::atomic<int> out = 0;
    std::atomic<int> most = 0;
    Gate gate;
    for (std::size_t i = 0; i < 16; ++i)
        asio::co_spawn(io.context(i % 2), hold_briefly(pool, out, most),
                       [pass = Gate::Pass(gate)](const std::exception_ptr& error) {
                           EXPECT_EQ(error, nullptr);
                       });
    gate.wait();
    EXPECT_LE(most, 3);
    EXPECT_GE(most, 1);
    io.stop();
}

}  // namespace
}  // namespace siahub::net
