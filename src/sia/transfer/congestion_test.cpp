#include "sia/transfer/congestion.hpp"

#include "core/run_task.hpp"
#include "sia/transfer/host_stats.hpp"

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

// A network that carries `capacity` calls at full speed and divides itself among more.
void run_calls(Congestion& congestion, std::size_t capacity, int windows) {
    for (int i = 0; i < windows; ++i) {
        const auto limit = congestion.limit();
        for (std::size_t call = 0; call < std::max<std::size_t>(16, limit); ++call) {
            const auto crowd =
                std::max(1.0, static_cast<double>(limit) / static_cast<double>(capacity));
            congestion.completed(1000, std::chrono::duration<double>(0.1 * crowd), limit);
        }
    }
}

TEST(Congestion, FindsWhatTheNetworkCarries) {
    Congestion congestion({2, 8, 1024});
    run_calls(congestion, 64, 7);
    EXPECT_EQ(congestion.limit(), 64U);
    Congestion small({2, 8, 32});
    run_calls(small, 1000, 7);
    EXPECT_EQ(small.limit(), 32U);
}

TEST(Congestion, GivesWayAndComesBack) {
    Congestion congestion({2, 8, 1024});
    run_calls(congestion, 64, 7);
    run_calls(congestion, 4, 3);
    EXPECT_LT(congestion.limit(), 64U);
    EXPECT_GE(congestion.limit(), 2U);
    run_calls(congestion, 64, 60);
    EXPECT_GE(congestion.limit(), 32U);
}

Task<void> pass_through(AdaptiveGate& gate, std::vector<int>& order, int number) {
    const auto pass = co_await gate.enter();
    order.push_back(number);
    co_await sleep_for(std::chrono::milliseconds(1));
}

Task<bool> first_come() {
    const auto executor = co_await asio::this_coro::executor;
    AdaptiveGate gate(executor, {1, 1, 1});
    std::vector<int> order;
    Children children(executor);
    auto held = std::make_optional(co_await gate.enter());
    children.start(pass_through(gate, order, 0));
    const auto cancelled = children.start(pass_through(gate, order, 1));
    children.start(pass_through(gate, order, 2));
    co_await sleep_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(order.empty());
    children.cancel(cancelled);
    held.reset();
    while (children.running() > 0)
        co_await children.sleep_until(TimePoint::max());
    EXPECT_EQ(order, (std::vector{0, 2}));
    EXPECT_EQ(gate.inside(), 0U);
    co_return true;
}

TEST(AdaptiveGate, FirstComeFirstServedAndTheCancelledLeave) {
    run_task(first_come());
}

TEST(TimeModel, LearnsLatencyAndRateApart) {
    TimeModel model(Seconds(5), Seconds(5));
    EXPECT_FALSE(model.sampled());
    for (int i = 0; i < 40; ++i) {
        model.observe(1000, Seconds(0.050));
        model.observe(4 << 20, Seconds(0.050 + 0.4));
    }
    EXPECT_NEAR(model.latency().count(), 0.05, 0.001);
    EXPECT_NEAR(model.expect(2 << 20).count(), 0.25, 0.02);
}

TEST(FailureRate, RisesAndFalls) {
    FailureRate failures;
    for (int i = 0; i < 3; ++i)
        failures.observe(true);
    EXPECT_NEAR(failures.rate(), 0.488, 0.001);
    EXPECT_EQ(failures.in_a_row(), 3U);
    for (int i = 0; i < 20; ++i)
        failures.observe(false);
    EXPECT_LT(failures.rate(), 0.01);
    EXPECT_EQ(failures.in_a_row(), 0U);
}

}  // namespace
}  // namespace siahub::sia
