#include "core/async_mutex.hpp"
#include "core/async_semaphore.hpp"
#include "core/run_task.hpp"
#include "core/work_pool.hpp"

#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

namespace siahub {
namespace {

Task<void> note_turn(AsyncMutex& mutex, std::vector<int>& turns, int number) {
    const auto lock = co_await mutex.lock();
    turns.push_back(number);
    co_await asio::post(asio::use_awaitable);
    turns.push_back(number);
}

TEST(AsyncMutex, WaitersComeInOrderAndAlone) {
    AsyncMutex mutex;
    asio::io_context context;
    std::vector<int> turns;
    for (int i = 0; i < 4; ++i)
        asio::co_spawn(context, note_turn(mutex, turns, i), asio::detached);
    context.run();
    EXPECT_EQ(turns, (std::vector<int>{0, 0, 1, 1, 2, 2, 3, 3}));
}

TEST(AsyncMutex, LockOnItsWayToADestroyedTaskIsFreed) {
    AsyncMutex mutex;
    auto held = run_task(mutex.lock());
    std::vector<int> turns;
    {
        asio::io_context context;
        asio::co_spawn(context, note_turn(mutex, turns, 1), asio::detached);
        context.poll();
        held.release();  // granted, and never run
    }
    EXPECT_TRUE(turns.empty());
    EXPECT_TRUE(run_task(mutex.lock()).owns());
}

Task<void> take_and_note(AsyncSemaphore& semaphore, std::vector<AsyncSemaphore::Permit>& taken) {
    taken.push_back(co_await semaphore.acquire());
}

TEST(AsyncSemaphore, LetsThatManyIn) {
    AsyncSemaphore semaphore(2);
    asio::io_context context;
    std::vector<AsyncSemaphore::Permit> taken;
    for (int i = 0; i < 4; ++i)
        asio::co_spawn(context, take_and_note(semaphore, taken), asio::detached);
    context.poll();
    EXPECT_EQ(taken.size(), 2U);
    EXPECT_EQ(semaphore.waiting(), 2U);
    taken[0].release();
    context.poll();
    EXPECT_EQ(taken.size(), 3U);
    taken.clear();
    context.run();
    EXPECT_EQ(taken.size(), 1U);
    EXPECT_EQ(semaphore.waiting(), 0U);
}

Task<void> count_up(AsyncMutex& mutex, int& counter, int times) {
    for (int i = 0; i < times; ++i) {
        const auto lock = co_await mutex.lock();
        ++counter;
    }
}

TEST(AsyncMutex, ExcludesTasksOfDifferentThreads) {
    AsyncMutex mutex;
    int counter = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                asio::io_context context;
                asio::co_spawn(context, count_up(mutex, counter, 2000), asio::detached);
                context.run();
            });
        }
    }
    EXPECT_EQ(counter, 8000);
}

Task<std::thread::id> work_then_where(WorkPool& pool, std::thread::id& worked_on) {
    co_await pool.run([&] {
        worked_on = std::this_thread::get_id();
        return true;
    });
    co_return std::this_thread::get_id();
}

TEST(WorkPool, TaskGoesOnAtHome) {
    WorkPool pool(1);
    std::thread::id worked_on;
    EXPECT_EQ(run_task(work_then_where(pool, worked_on)), std::this_thread::get_id());
    EXPECT_NE(worked_on, std::this_thread::get_id());
    EXPECT_NE(worked_on, std::thread::id());
    pool.stop();
}

Task<void> work_until_told(WorkPool& pool, std::atomic<bool>& may_end, std::thread::id& ended_on) {
    struct NoteThread {
        std::thread::id& where;
        ~NoteThread() { where = std::this_thread::get_id(); }
    };
    const NoteThread note{ended_on};
    co_await pool.run([&] {
        while (!may_end)
            std::this_thread::yield();
        return true;
    });
    co_await asio::post(asio::use_awaitable);  // throws: the task was cancelled
}

TEST(WorkPool, CancelledTaskWaitsForItsWorkAndUnwindsAtHome) {
    WorkPool pool(1);
    asio::io_context context;
    asio::cancellation_signal cancel;
    std::atomic<bool> may_end = false;
    std::thread::id ended_on;
    bool threw = false;
    asio::co_spawn(context, work_until_told(pool, may_end, ended_on),
                   asio::bind_cancellation_slot(
                       cancel.slot(), [&](const std::exception_ptr& e) { threw = e != nullptr; }));
    context.poll();
    cancel.emit(asio::cancellation_type::terminal);
    context.poll();
    EXPECT_EQ(ended_on, std::thread::id()) << "work refers to the task's locals";
    may_end = true;
    context.run();
    EXPECT_TRUE(threw);
    EXPECT_EQ(ended_on, std::this_thread::get_id());
    pool.stop();
}

TEST(WorkPool, ExceptionsComeThrough) {
    WorkPool pool(1);
    EXPECT_THROW(run_task(pool.run([]() -> int { throw std::runtime_error("x"); })),
                 std::runtime_error);
    pool.stop();
}

}  // namespace
}  // namespace siahub
