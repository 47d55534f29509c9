#include "db/lease.hpp"

#include "core/run_task.hpp"
#include "db/test_database.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace siahub::db {
namespace {

using std::chrono::seconds;

class LeaseTest : public ::testing::Test {
  protected:
    static constexpr seconds kPatience{30};

    bool beat(Lease& lease) {
        auto held = run_task(lease.beat(now_));
        EXPECT_TRUE(held.has_value());
        return held.value_or(false);
    }

    TestDatabase place_;
    std::unique_ptr<Database> database_ = place_.open();
    Lease::Time now_;
    Lease a_{*database_, "work", "a", kPatience};
    Lease b_{*database_, "work", "b", kPatience};
};

TEST_F(LeaseTest, OneHoldsItWhileItsHeartBeats) {
    EXPECT_TRUE(beat(a_));
    for (int i = 0; i < 20; ++i, now_ += seconds(10)) {
        EXPECT_FALSE(beat(b_));
        EXPECT_TRUE(beat(a_));
    }
    Lease other(*database_, "other work", "b", kPatience);
    EXPECT_TRUE(beat(other));
}

TEST_F(LeaseTest, ASilentHolderLosesItAfterItsPatience) {
    EXPECT_TRUE(beat(a_));
    EXPECT_FALSE(beat(b_));
    now_ += seconds(29);
    EXPECT_FALSE(beat(b_));
    now_ += seconds(1);
    EXPECT_TRUE(beat(b_));
    EXPECT_FALSE(beat(a_));  // awake again
    EXPECT_TRUE(beat(b_));
}

TEST_F(LeaseTest, WhoStartsAgainGoesOn) {
    EXPECT_TRUE(beat(a_));
    Lease again(*database_, "work", "a", kPatience);
    EXPECT_TRUE(beat(again));
}

TEST_F(LeaseTest, WhatWasGivenBackIsFree) {
    EXPECT_TRUE(beat(a_));
    EXPECT_FALSE(beat(b_));
    EXPECT_TRUE(run_task(b_.release()).has_value());  // not its own
    EXPECT_TRUE(beat(a_));
    EXPECT_TRUE(run_task(a_.release()).has_value());
    EXPECT_TRUE(beat(b_));
}

TEST_F(LeaseTest, OfManyThatTryAtOnceOneGetsIt) {
    beat(a_);
    std::vector<std::unique_ptr<Lease>> all;
    for (int i = 0; i < 6; ++i) {
        all.push_back(
            std::make_unique<Lease>(*database_, "work", "p" + std::to_string(i), kPatience));
        EXPECT_FALSE(beat(*all.back()));
    }
    now_ += kPatience;
    std::atomic<int> holders = 0;
    {
        std::vector<std::jthread> threads;
        for (auto& lease : all)
            threads.emplace_back([&] { holders += beat(*lease) ? 1 : 0; });
    }
    EXPECT_EQ(holders, 1);
}

}  // namespace
}  // namespace siahub::db
