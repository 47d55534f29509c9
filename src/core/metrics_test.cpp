#include "core/metrics.hpp"

#include <array>
#include <thread>

#include <gtest/gtest.h>

namespace siahub {
namespace {

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
    Metrics metrics;
    auto& ok = metrics.counter("hub_requests_total", "Requests answered", {{"status", "2xx"}});
    auto& bad = metrics.counter("hub_requests_total", "Requests answered", {{"status", "5xx"}});
    metrics.gauge("hub_queue", "Waiting", [] { return 2.5; });
    constexpr std::array bounds{0.1, 1.0};
    auto& seconds = metrics.histogram("hub_seconds", "Took", bounds, {{"route", "a\"b\\c\nd"}});
    ok.add(3);
    bad.add();
    for (const double value : {0.05, 0.1, 0.5, 7.0})
        seconds.observe(value);
    EXPECT_EQ(metrics.text(), R"(# HELP hub_requests_total Requests answered
# TYPE hub_requests_total counter
hub_requests_total{status="2xx"} 3
hub_requests_total{status="5xx"} 1
# HELP hub_queue Waiting
# TYPE hub_queue gauge
hub_queue 2.5
# HELP hub_seconds Took
# TYPE hub_seconds histogram
hub_seconds_bucket{route="a\"b\\c\nd",le="0.1"} 2
hub_seconds_bucket{route="a\"b\\c\nd",le="1"} 3
hub_seconds_bucket{route="a\"b\\c\nd",le="+Inf"} 4
hub_seconds_sum{route="a\"b\\c\nd"} 7.65
hub_seconds_count{route="a\"b\\c\nd"} 4
)");
}

TEST(Metrics, LoseNothingWhenManyThreadsCount) {
    Metrics metrics;
    auto& counter = metrics.counter("n", "n");
    constexpr std::array bounds{1.0};
    auto& histogram = metrics.histogram("h", "h", bounds);
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 10'000; ++i) {
                    counter.add();
                    histogram.observe(0.5);
                }
            });
    }
    EXPECT_EQ(counter.value(), 40'000U);
    EXPECT_EQ(histogram.count(0), 40'000U);
    EXPECT_DOUBLE_EQ(histogram.sum(), 20'000.0);
}

}  // namespace
}  // namespace siahub
