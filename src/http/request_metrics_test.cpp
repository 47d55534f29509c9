#include "http/request_metrics.hpp"

#include <gmock/gmock.h>

namespace siahub::http {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class RequestMetricsTest : public ::testing::Test {
  protected:
    RequestMetricsTest() {
        for (const auto* pattern : {"/a/{name}", "/b"})
            router_.add(Method::get, pattern,
                        [](Request&) -> Task<Response> { co_return Response{}; });
    }
    void answer(Method method, std::size_t route, unsigned status,
                Ending ending = Ending::complete) {
        if (!counted_) counted_.emplace(metrics_, router_);
        request_.method = method;
        counted_->ended({request_, route, status, ending, 3, 5, 1ms, 2ms});
    }

    Metrics metrics_;
    Router router_;
    Request request_;
    std::optional<RequestMetrics> counted_;
};

TEST_F(RequestMetricsTest, CountByRouteMethodAndStatus) {
    answer(Method::get, 0, 200);
    answer(Method::get, 0, 200);
    answer(Method::head, 0, 404);
    answer(Method::get, 0, 418);
    answer(Method::put, Router::kNoRoute, 405);
    answer(Method::other, Router::kNoRoute, 0);
    const auto text = metrics_.text();
    const auto line = [](std::string_view method, std::string_view route, std::string_view status,
                         int n) {
        return "siahub_http_requests_total{method=\"" + std::string(method) + "\",route=\"" +
               std::string(route) + "\",status=\"" + std::string(status) + "\"} " +
               std::to_string(n) + "\n";
    };
    EXPECT_THAT(text, HasSubstr(line("GET", "/a/{name}", "200", 2)));
    EXPECT_THAT(text, HasSubstr(line("HEAD", "/a/{name}", "404", 1)));
    EXPECT_THAT(text, HasSubstr(line("GET", "/a/{name}", "4xx", 1)));
    EXPECT_THAT(text, HasSubstr(line("PUT", "none", "405", 1)));
    EXPECT_THAT(text, HasSubstr(line("other", "none", "1xx", 1)));
    EXPECT_THAT(text, Not(HasSubstr("/b"))) << "nobody asked for it";
}

TEST_F(RequestMetricsTest, CountTimeBytesAndEndings) {
    answer(Method::get, 1, 200, Ending::client_left);
    answer(Method::get, 1, 200);
    const auto text = metrics_.text();
    const std::string labels = "{method=\"GET\",route=\"/b\"";
    EXPECT_THAT(text, HasSubstr("seconds_bucket" + labels + ",le=\"0.001\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("seconds_bucket" + labels + ",le=\"0.0025\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("siahub_http_request_body_bytes_total" + labels + "} 6\n"));
    EXPECT_THAT(text, HasSubstr("siahub_http_response_body_bytes_total" + labels + "} 10\n"));
    EXPECT_THAT(text, HasSubstr("unfinished_total{reason=\"client_left\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("unfinished_total{reason=\"shut_down\"} 0\n"));
}

}  // namespace
}  // namespace siahub::http
