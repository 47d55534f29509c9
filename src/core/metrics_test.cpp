#include "core/metrics.hpp"

#include <array>
#include <cmath>
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

TEST(Metrics, HelpTextsKeepTheirQuotes) {
    Metrics metrics;
    metrics.gauge("g", "a \"b\" \\ c\nd", [] { return std::nan(""); });
    EXPECT_EQ(metrics.text(), "# HELP g a \"b\" \\\\ c\\nd\n# TYPE g gauge\ng NaN\n");
}

TEST(Metrics, AFamilyMayBeCollectedWhenItIsAskedFor) {
    Metrics metrics;
    constexpr std::array bounds{1.0};
    Histogram seconds(bounds);
    int routes = 0;
    metrics.collected("by_route", "h", Metrics::Type::histogram, [&](Metrics::Samples& samples) {
        for (int i = 0; i < routes; ++i)
            samples.add({{"route", std::to_string(i)}}, seconds);
    });
    EXPECT_EQ(metrics.text(), "# HELP by_route h\n# TYPE by_route histogram\n");
    seconds.observe(2);
    routes = 1;
    EXPECT_EQ(metrics.text(), R"(# HELP by_route h
# TYPE by_route histogram
by_route_bucket{route="0",le="1"} 0
by_route_bucket{route="0",le="+Inf"} 1
by_route_sum{route="0"} 2
by_route_count{route="0"} 1
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
