#pragma once
// Counts requests by route, method and status, and how long they took. A route is a pattern of the
// router, so there are as many series as the program has routes, whatever clients ask for. A series
// appears with its first request.

#include "core/metrics.hpp"
#include "http/observer.hpp"
#include "http/router.hpp"

#include <array>

namespace siahub::http {

class RequestMetrics final : public Observer {
  public:
    // `router` has all its routes. `metrics` is asked no longer than this lives.
    RequestMetrics(Metrics& metrics, const Router& router);

    void ended(const Exchange& exchange) override;

  private:
    static constexpr std::array<unsigned, 33> kStatuses = {
        200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406,
        408, 409, 410, 412, 413, 414, 416, 417, 422, 429, 431, 499, 500, 501, 502, 503};
    static constexpr std::size_t kClasses = 5;  // 1xx to 5xx, for all other statuses
    static constexpr std::size_t kEndings = 5;
    struct Series {
        Series();
        Metrics::Labels labels;
        Histogram seconds;
        std::array<Counter, kStatuses.size() + kClasses> answers;
        Counter bytes_in, bytes_out;
    };

    [[nodiscard]] std::size_t index_of(const Exchange& exchange) const;
    static std::size_t status_index(unsigned status);
    static std::string status_label(std::size_t index);
    void register_families(Metrics& metrics);
    void collect_answers(Metrics::Samples& samples) const;
    void collect_bytes(Metrics::Samples& samples, Counter Series::* bytes) const;

    std::size_t routes_;
    std::vector<Series> series_;  // two per route, for HEAD and the rest, then one per method
    std::array<Counter, kEndings> endings_;
};

}  // namespace siahub::http
