#include "http/request_metrics.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace siahub::http {

namespace {

constexpr std::array kSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                 0.25,   0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0};
constexpr std::size_t kMethods = static_cast<std::size_t>(Method::other) + 1;

std::string label_of(Method method) {
    const auto name = method_name(method);
    return name.empty() ? "other" : std::string(name);
}

double seconds_of(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

RequestMetrics::Series::Series() : seconds(kSeconds) {}

RequestMetrics::RequestMetrics(Metrics& metrics, const Router& router)
    : routes_(router.routes().size()), series_(2 * routes_ + kMethods) {
    for (std::size_t i = 0; i < routes_; ++i) {
        const auto& route = router.routes()[i];
        series_[2 * i].labels = {{"method", label_of(route.method)}, {"route", route.pattern}};
        series_[2 * i + 1].labels = {{"method", "HEAD"}, {"route", route.pattern}};
    }
    for (std::size_t i = 0; i < kMethods; ++i)
        series_[2 * routes_ + i].labels = {{"method", label_of(static_cast<Method>(i))},
                                           {"route", "none"}};
    register_families(metrics);
}

void RequestMetrics::register_families(Metrics& metrics) {
    using Samples = Metrics::Samples;
    metrics.collected("siahub_http_requests_total", "Requests answered, by route and status",
                      Metrics::Type::counter,
                      [this](Samples& samples) { collect_answers(samples); });
    metrics.collected("siahub_http_request_duration_seconds",
                      "From the complete head of a request to the last byte of its answer",
                      Metrics::Type::histogram, [this](Samples& samples) {
                          for (const auto& each : series_)
                              if (each.seconds.total() > 0) samples.add(each.labels, each.seconds);
                      });
    metrics.collected("siahub_http_request_body_bytes_total", "Bodies of requests that have ended",
                      Metrics::Type::counter,
                      [this](Samples& samples) { collect_bytes(samples, &Series::bytes_in); });
    metrics.collected("siahub_http_response_body_bytes_total",
                      "Bodies of answers that have ended, whole or not", Metrics::Type::counter,
                      [this](Samples& samples) { collect_bytes(samples, &Series::bytes_out); });
    metrics.collected("siahub_http_requests_unfinished_total",
                      "Requests that ended before the last byte of their answer",
                      Metrics::Type::counter, [this](Samples& samples) {
                          for (std::size_t i = 1; i < kEndings; ++i)
                              samples.add(
                                  {{"reason", std::string(name_of(static_cast<Ending>(i)))}},
                                  static_cast<double>(endings_.at(i).value()));
                      });
}

void RequestMetrics::ended(const Exchange& exchange) {
    auto& series = series_[index_of(exchange)];
    series.seconds.observe(seconds_of(exchange.duration));
    series.answers.at(status_index(exchange.status)).add();
    if (exchange.bytes_in > 0) series.bytes_in.add(exchange.bytes_in);
    if (exchange.bytes_out > 0) series.bytes_out.add(exchange.bytes_out);
    if (exchange.ending != Ending::complete)
        endings_.at(static_cast<std::size_t>(exchange.ending)).add();
}

std::size_t RequestMetrics::index_of(const Exchange& exchange) const {
    const auto method = exchange.request.method;
    if (exchange.route >= routes_) return 2 * routes_ + static_cast<std::size_t>(method);
    return 2 * exchange.route + (method == Method::head ? 1 : 0);
}

std::size_t RequestMetrics::status_index(unsigned status) {
    const auto known = std::ranges::lower_bound(kStatuses, status);
    if (known != kStatuses.end() && *known == status)
        return static_cast<std::size_t>(known - kStatuses.begin());
    return kStatuses.size() + std::clamp(status / 100, 1U, 5U) - 1;
}

std::string RequestMetrics::status_label(std::size_t index) {
    if (index < kStatuses.size()) return std::to_string(kStatuses.at(index));
    return fmt::format("{}xx", index - kStatuses.size() + 1);
}

void RequestMetrics::collect_answers(Metrics::Samples& samples) const {
    for (const auto& each : series_)
        for (std::size_t i = 0; i < each.answers.size(); ++i) {
            const auto count = each.answers.at(i).value();
            if (count == 0) continue;
            auto labels = each.labels;
            labels.emplace_back("status", status_label(i));
            samples.add(labels, static_cast<double>(count));
        }
}

void RequestMetrics::collect_bytes(Metrics::Samples& samples, Counter Series::* bytes) const {
    for (const auto& each : series_)
        if (const auto count = (each.*bytes).value(); count > 0)
            samples.add(each.labels, static_cast<double>(count));
}

}  // namespace siahub::http
