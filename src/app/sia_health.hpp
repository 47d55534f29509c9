#pragma once
// What is wrong with Sia, and what to do: asked of indexd every half minute and remembered, so that
// whoever looks costs indexd nothing. Thread-safe.

#include "app/catalogue_keeper.hpp"
#include "app/sia_link.hpp"
#include "store/pin_worker.hpp"

#include <mutex>
#include <optional>

namespace siahub::app {

struct SiaFinding {
    enum class State { unknown, ok, degraded, down };
    State state = State::unknown;
    std::string cause, remedy;
    std::optional<sia::indexd::Account> account;
    std::size_t hosts = 0, good_hosts = 0;
    // Those that lately did not take a call of this account: no funds, or its token.
    std::size_t refusing_hosts = 0;
    bool reads_suffer = false;
    UnixMillis asked_at = 0;
};

std::string_view to_string(SiaFinding::State state);
inline constexpr std::string_view kRefusingHelp =
    "Hosts that lately refused calls of this account: its token, or no funds";

class SiaHealth {
  public:
    explicit SiaHealth(SiaLink& link, const Clock& clock) : link_(link), clock_(clock) {}

    Task<void> ask();
    // Unless that was done a moment ago.
    Task<void> ask_now_and_then();
    [[nodiscard]] SiaFinding last() const;

  private:
    Task<SiaFinding> examine();

    SiaLink& link_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    SiaFinding last_;
};

// The worse of what indexd says and of how pinning goes.
SiaFinding with_pinning(SiaFinding finding, const store::PinStatus& status);
SiaFinding with_snapshots(SiaFinding finding, const KeeperStatus& status);

}  // namespace siahub::app
