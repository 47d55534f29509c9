#include "sia/transfer/congestion.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::sia {

namespace {

constexpr std::size_t kWindow = 16;
constexpr double kWorthIt = 1.10, kWorse = 0.75, kMemory = 0.2;
constexpr std::size_t kBadWindows = 2, kGoodWindows = 8;

}  // namespace

Congestion::Congestion(CongestionLimits limits)
    : limits_(limits), limit_(limits.initial), best_limit_(limits.initial) {}

void Congestion::completed(std::size_t bytes, std::chrono::duration<double> latency,
                           std::size_t in_flight) {
    bytes_ += static_cast<double>(bytes);
    seconds_ += std::max(latency.count(), 1e-6);
    in_flight_ += static_cast<double>(in_flight);
    // A limit shows its effect only after as many calls.
    if (++calls_ < std::max(kWindow, limit_)) return;
    judge(in_flight_ / static_cast<double>(calls_) * bytes_ / seconds_);
    calls_ = 0;
    bytes_ = seconds_ = in_flight_ = 0;
}

void Congestion::judge(double goodput) {
    if (probing_)
        probe(goodput);
    else
        hold(goodput);
}

void Congestion::probe(double goodput) {
    if (goodput >= best_ * kWorthIt) {
        best_ = goodput;
        best_limit_ = limit_;
        bad_windows_ = 0;
        if (limit_ < limits_.most) {
            limit_ = std::min(limit_ * 2, limits_.most);
            return;
        }
    } else if (++bad_windows_ < kBadWindows) {
        return;
    }
    probing_ = false;
    limit_ = best_limit_;
    usual_ = best_;
    bad_windows_ = good_windows_ = 0;
}

void Congestion::hold(double goodput) {
    if (goodput < usual_ * kWorse) {
        limit_ = std::max(limit_ / 2, limits_.least);
        good_windows_ = 0;
    } else if (++good_windows_ >= kGoodWindows) {
        probing_ = true;
        bad_windows_ = good_windows_ = 0;
        best_ = goodput;
        best_limit_ = limit_;
        limit_ = std::min(limit_ * 2, limits_.most);
    }
    usual_ += kMemory * (goodput - usual_);
}

AdaptiveGate::AdaptiveGate(const asio::any_io_executor& executor, CongestionLimits limits)
    : executor_(executor), congestion_(limits) {}

Task<AdaptiveGate::Pass> AdaptiveGate::enter() {
    if (inside_ < limit() && waiting_.empty()) {
        ++inside_;
        co_return Pass(*this);
    }
    asio::steady_timer turn(executor_, TimePoint::max());
    waiting_.push_back(&turn);
    co_await turn.async_wait(asio::as_tuple(asio::use_awaitable));
    if (std::erase(waiting_, &turn) == 0) {
        // admit() has counted us in; if we are cancelled as well, the pass gives the place back.
        Pass pass(*this);
        co_await throw_if_cancelled();
        co_return pass;
    }
    co_await throw_if_cancelled();
    throw std::logic_error("nobody else ends the wait for a turn");
}

void AdaptiveGate::completed(std::size_t bytes, std::chrono::duration<double> latency) {
    congestion_.completed(bytes, latency, inside_);
    admit();
}

void AdaptiveGate::leave() {
    --inside_;
    admit();
}

void AdaptiveGate::admit() {
    while (inside_ < limit() && !waiting_.empty()) {
        ++inside_;
        waiting_.front()->cancel();
        waiting_.pop_front();
    }
}

}  // namespace siahub::sia
