#pragma once
// What has been seen of one host: how often calls fail, how long they take. Plain numbers, moved by
// exponential averages.

#include "sia/transfer/host_transport.hpp"

#include <chrono>

namespace siahub::sia {

using Seconds = std::chrono::duration<double>;

// Time of a call as a latency and a time per byte: small calls teach the first, large the second.
class TimeModel {
  public:
    TimeModel(Seconds latency, Seconds per_mebibyte)
        : latency_(latency), per_byte_(per_mebibyte / (1 << 20)) {}

    void observe(std::size_t bytes, Seconds took);
    [[nodiscard]] Seconds expect(std::size_t bytes) const;
    [[nodiscard]] bool sampled() const { return samples_ > 0; }
    [[nodiscard]] Seconds latency() const { return latency_; }
    [[nodiscard]] double bytes_per_second() const { return 1 / per_byte_.count(); }

  private:
    Seconds latency_, per_byte_;
    std::size_t samples_ = 0;
};

class FailureRate {
  public:
    void observe(bool failed);
    [[nodiscard]] double rate() const { return rate_; }
    [[nodiscard]] std::size_t in_a_row() const { return in_a_row_; }

  private:
    double rate_ = 0;
    std::size_t in_a_row_ = 0;
};

}  // namespace siahub::sia
