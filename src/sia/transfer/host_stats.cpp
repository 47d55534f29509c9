#include "sia/transfer/host_stats.hpp"

#include <algorithm>

namespace siahub::sia {

namespace {

constexpr double kMemory = 0.2;
constexpr std::size_t kSmall = 64 << 10;

void move(Seconds& average, Seconds sample, double weight) {
    average += weight * (sample - average);
}

}  // namespace

void TimeModel::observe(std::size_t bytes, Seconds took) {
    // The first sample says more than the guess it replaces.
    const double weight = samples_++ == 0 ? 1 : kMemory;
    if (bytes <= kSmall) {
        move(latency_, took, weight);
        return;
    }
    latency_ = std::min(latency_, took);
    move(per_byte_, std::max(took - latency_, took / 10) / static_cast<double>(bytes), weight);
}

Seconds TimeModel::expect(std::size_t bytes) const {
    return latency_ + per_byte_ * static_cast<double>(bytes);
}

void FailureRate::observe(bool failed) {
    rate_ += kMemory * ((failed ? 1.0 : 0.0) - rate_);
    in_a_row_ = failed ? in_a_row_ + 1 : 0;
}

}  // namespace siahub::sia
