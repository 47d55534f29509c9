#include "app/count_keeper.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::app {
namespace {

constexpr std::chrono::seconds kTurn{5};
// Six turns.
constexpr std::chrono::seconds kLeasePatience{30};
// Many lines of a minute are of the same user and repository, so one row each.
constexpr std::chrono::minutes kSumsEvery{1};
// After which others have their turn.
constexpr std::chrono::seconds kMostAtOnce{2};

}  // namespace

CountKeeper::CountKeeper(const asio::any_io_executor& executor, HubServices& hub,
                         bool is_one_of_many, const Log& log)
    : timer_(executor),
      hub_(hub),
      log_(log),
      durability_(hub.database()),
      usage_days_(hub.database()) {
    if (is_one_of_many)
        lease_.emplace(hub.database(), "counts", hub.store().nodes.own(), kLeasePatience);
}

Task<void> CountKeeper::run() {
    while (!stopped_) {
        report("count.figures", co_await hub_.figures().renew());
        report("count.storage", co_await hub_.storage().renew());
        if (!stopped_ && co_await is_ours()) co_await shared_work();
        if (stopped_) break;
        timer_.expires_after(kTurn);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (lease_) report("lease.release", co_await lease_->release());
}

Task<void> CountKeeper::shared_work() {
    co_await settle();
    if (std::chrono::steady_clock::now() >= sums_due_) co_await sum_up();
}

Task<void> CountKeeper::settle() {
    const auto until = std::chrono::steady_clock::now() + kMostAtOnce;
    while (!stopped_ && worked("durability.settle", co_await durability_.settle()) &&
           std::chrono::steady_clock::now() < until) {
    }
}

Task<void> CountKeeper::sum_up() {
    const auto until = std::chrono::steady_clock::now() + kMostAtOnce;
    while (!stopped_ && worked("usage.sum_up", co_await usage_days_.add_new()))
        if (std::chrono::steady_clock::now() >= until) co_return;
    sums_due_ = std::chrono::steady_clock::now() + kSumsEvery;
}

Task<bool> CountKeeper::is_ours() {
    if (!lease_) co_return true;
    const auto held = co_await lease_->beat(std::chrono::steady_clock::now());
    if (!held) report("lease.beat", std::unexpected(held.error()));
    co_return held.value_or(false);
}

void CountKeeper::stop() {
    stopped_ = true;
    hub_.figures().stop();
    hub_.storage().stop();
    asio::post(timer_.get_executor(), [this] { timer_.cancel(); });
}

bool CountKeeper::worked(std::string_view what, const Result<bool>& outcome) const {
    if (!outcome) report(what, std::unexpected(outcome.error()));
    return outcome.value_or(false);
}

void CountKeeper::report(std::string_view what, const Result<void>& outcome) const {
    if (!outcome && !stopped_)
        log_.warn("housekeeping.failed", {{"task", what}, {"cause", outcome.error().message}});
}

}  // namespace siahub::app
