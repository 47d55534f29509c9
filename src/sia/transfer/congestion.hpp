#pragma once
// How many calls to hosts run at a time: a controller that finds the number by watching the
// goodput, and the gate that applies it. The controller doubles the limit while that brings more,
// settles when it does not, halves it when the goodput falls, and tries again later. Goodput is
// taken by Little's law (calls in flight x bytes / latency), so that idle times do not count.

#include "sia/transfer/children.hpp"

#include <deque>

namespace siahub::sia {

struct CongestionLimits {
    std::size_t least = 2, initial = 8, most = 64;
};

// Pure: time enters as the latency of calls.
class Congestion {
  public:
    explicit Congestion(CongestionLimits limits);

    [[nodiscard]] std::size_t limit() const { return limit_; }
    void completed(std::size_t bytes, std::chrono::duration<double> latency, std::size_t in_flight);

  private:
    void judge(double goodput);
    void probe(double goodput);
    void hold(double goodput);

    CongestionLimits limits_;
    std::size_t limit_;
    bool probing_ = true;
    std::size_t calls_ = 0;  // in this window
    double bytes_ = 0, seconds_ = 0, in_flight_ = 0;
    double best_ = 0, usual_ = 0;
    std::size_t best_limit_;
    std::size_t bad_windows_ = 0, good_windows_ = 0;
};

// Lets as many tasks through as the controller says, first come, first served. One executor.
class AdaptiveGate {
  public:
    AdaptiveGate(const asio::any_io_executor& executor, CongestionLimits limits);
    AdaptiveGate(const AdaptiveGate&) = delete;
    AdaptiveGate& operator=(const AdaptiveGate&) = delete;

    class Pass {
      public:
        Pass() = default;
        explicit Pass(AdaptiveGate& gate) : gate_(&gate) {}
        Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Pass& operator=(Pass&& other) noexcept {
            std::swap(gate_, other.gate_);
            return *this;
        }
        ~Pass() {
            if (gate_ != nullptr) gate_->leave();
        }

      private:
        AdaptiveGate* gate_ = nullptr;
    };

    // A task cancelled while it waits gets operation_aborted thrown.
    Task<Pass> enter();
    void completed(std::size_t bytes, std::chrono::duration<double> latency);
    [[nodiscard]] std::size_t limit() const { return congestion_.limit(); }
    [[nodiscard]] std::size_t inside() const { return inside_; }

  private:
    void leave();
    void admit();

    asio::any_io_executor executor_;
    Congestion congestion_;
    std::size_t inside_ = 0;
    std::deque<asio::steady_timer*> waiting_;
};

}  // namespace siahub::sia
