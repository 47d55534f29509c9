#include "http/readiness.hpp"

#include "core/run_task.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace siahub::http {
namespace {

using State = Finding::State;
using std::chrono::milliseconds;

Task<Finding> find(State state) {
    co_return Finding{.state = state, .cause = "why", .latency = {}};
}

// Longer than anybody waits.
Task<Finding> find_late() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(milliseconds(200));
    co_await timer.async_wait(asio::use_awaitable);
    co_return Finding{};
}

Task<Finding> raise() {
    throw std::runtime_error("thrown");
    co_return Finding{};
}

class ReadinessTest : public ::testing::Test {
  protected:
    boost::json::object ask(unsigned status, Readiness::Causes causes = Readiness::Causes::shown) {
        Router router;
        readiness_.add_routes(router, causes);
        Request request;
        const auto match = router.find(Method::get, "/ready");
        const auto response = run_task((*match.handler)(request));
        EXPECT_EQ(response.status, status);
        return boost::json::parse(std::get<std::string>(response.body)).as_object();
    }
    void depend(std::string name, Readiness::Need need, State state) {
        readiness_.add(std::move(name), need, [state] { return find(state); });
    }

    Readiness readiness_{milliseconds(20), milliseconds(0)};
};

TEST_F(ReadinessTest, IsReadyWhenEverythingIs) {
    depend("database", Readiness::Need::required, State::ok);
    readiness_.add("redis", Readiness::Need::optional, []() -> Task<Finding> {
        co_return Finding{.state = State::ok, .cause = "", .latency = milliseconds(2)};
    });
    const auto answer = ask(200);
    EXPECT_EQ(answer.at("status"), "ready");
    const auto& dependencies = answer.at("dependencies").as_object();
    EXPECT_EQ(dependencies.at("database").at("status"), "ok");
    EXPECT_GE(dependencies.at("database").at("latency_ms").as_double(), 0);
    EXPECT_EQ(dependencies.at("redis").at("latency_ms"), 2.0);
}

TEST_F(ReadinessTest, IsDegradedWithoutWhatItCanDoWithout) {
    depend("database", Readiness::Need::required, State::ok);
    depend("redis", Readiness::Need::optional, State::down);
    const auto answer = ask(200);
    EXPECT_EQ(answer.at("status"), "degraded");
    EXPECT_EQ(answer.at("dependencies").at("redis").at("status"), "down");
    EXPECT_EQ(answer.at("dependencies").at("redis").at("cause"), "why");
}

TEST_F(ReadinessTest, IsNotReadyWithoutWhatItNeeds) {
    depend("database", Readiness::Need::required, State::down);
    EXPECT_EQ(ask(503).at("status"), "unready");
}

TEST_F(ReadinessTest, WhatIsNearlyGoneIsDegraded) {
    depend("disk", Readiness::Need::required, State::degraded);
    EXPECT_EQ(ask(200).at("status"), "degraded");
}

TEST_F(ReadinessTest, WaitsForNothingWithoutEnd) {
    readiness_.add("database", Readiness::Need::required, [] { return find_late(); });
    readiness_.add("disk", Readiness::Need::optional, [] { return raise(); });
    const auto answer = ask(503);
    EXPECT_EQ(answer.at("dependencies").at("database").at("cause"), "no answer within 20 ms");
    EXPECT_EQ(answer.at("dependencies").at("disk").at("cause"), "thrown");
}

TEST_F(ReadinessTest, TellsStrangersNoCauses) {
    depend("database", Readiness::Need::required, State::down);
    const auto answer = ask(503, Readiness::Causes::hidden);
    EXPECT_FALSE(answer.at("dependencies").at("database").as_object().contains("cause"));
}

TEST_F(ReadinessTest, ASecondQuestionSoonAfterTheFirstAsksNobody) {
    Readiness readiness(milliseconds(20), std::chrono::hours(1));
    int asked = 0;
    readiness.add("database", Readiness::Need::required, [&asked] {
        ++asked;
        return find(State::ok);
    });
    Router router;
    readiness.add_routes(router, Readiness::Causes::shown);
    Request request;
    const auto match = router.find(Method::get, "/ready");
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(run_task((*match.handler)(request)).status, 200U);
    EXPECT_EQ(asked, 1);
    readiness.drain();
    EXPECT_EQ(run_task((*match.handler)(request)).status, 503U) << "at once";
}

}  // namespace
}  // namespace siahub::http
