#include "sia/transfer/children.hpp"

#include "core/run_task.hpp"

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

Task<void> linger(int& ended) {
    struct Count {
        int& ended;
        ~Count() { ++ended; }
    } count{ended};
    co_await sleep_for(std::chrono::hours(1));
}

Task<void> break_down() {
    co_await sleep_for(std::chrono::milliseconds(1));
    throw std::runtime_error("a bug");
}

Task<bool> leave_at_once(Children& children, int& ended) {
    for (int i = 0; i < 3; ++i)
        children.start(linger(ended));
    co_await sleep_for(std::chrono::milliseconds(1));
    co_return true;
}

Task<bool> wait_for_failure(Children& children, int& ended) {
    children.start(linger(ended));
    children.start(break_down());
    while (children.running() > 0)
        co_await children.sleep_until(TimePoint::max());
    co_return true;
}

Task<bool> wait_for_ever(Children& children, int& ended) {
    children.start(linger(ended));
    co_await children.sleep_until(TimePoint::max());
    co_return true;
}

Task<void> parent(int& ended) {
    Children children(co_await asio::this_coro::executor);
    co_await children.around(wait_for_ever(children, ended));
}

Task<bool> endings() {
    const auto executor = co_await asio::this_coro::executor;
    int ended = 0;
    {
        Children children(executor);
        EXPECT_TRUE(co_await children.around(leave_at_once(children, ended)));
        EXPECT_EQ(ended, 3);
    }
    bool thrown = false;
    {
        Children children(executor);
        try {
            co_await children.around(wait_for_failure(children, ended));
        } catch (const std::runtime_error&) {
            thrown = true;
        }
    }
    EXPECT_TRUE(thrown);
    EXPECT_EQ(ended, 4);
    Children outer(executor);
    const auto id = outer.start(parent(ended));
    co_await sleep_for(std::chrono::milliseconds(5));
    outer.cancel(id);
    while (outer.running() > 0)
        co_await outer.sleep_until(TimePoint::max());
    EXPECT_EQ(ended, 5);
    co_return true;
}

TEST(Children, EndWithTheirOwnerHoweverItEnds) {
    run_task(endings());
}

}  // namespace
}  // namespace siahub::sia
