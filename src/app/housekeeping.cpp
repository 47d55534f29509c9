#include "app/housekeeping.hpp"

#include "hub/events.hpp"
#include "hub/usage_days.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::app {

namespace {

// What a crash may cost the counters.
constexpr std::chrono::seconds kTurn{5};
constexpr int kTurnsPerMinute = 12;
constexpr int kTurnsPerHour = 60 * kTurnsPerMinute;
// Six turns: a process that hangs for a moment keeps its lease.
constexpr std::chrono::seconds kLeasePatience{30};
constexpr std::int64_t kMillisPerDay = 24LL * 60 * 60 * 1000;

}  // namespace

Housekeeping::Housekeeping(const asio::any_io_executor& executor, HubServices& hub,
                           std::string node_url, const Clock& clock, const Log& log)
    : timer_(executor), hub_(hub), node_url_(std::move(node_url)), clock_(clock), log_(log) {
    if (!node_url_.empty())
        lease_.emplace(hub.database(), "housekeeping", hub.store().nodes.own(), kLeasePatience);
}

Task<void> Housekeeping::run() {
    for (int turn = 0; !stopped_; turn = (turn + 1) % kTurnsPerHour) {
        if (turn == 0) co_await every_hour();
        if (turn % kTurnsPerMinute == 0) co_await every_minute();
        co_await every_turn();
        co_await shared_work();
        if (stopped_) break;
        timer_.expires_after(kTurn);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_await every_turn();
    co_await every_minute();
    if (lease_) report("lease.release", co_await lease_->release());
}

void Housekeeping::stop() {
    asio::post(timer_.get_executor(), [this] {
        stopped_ = true;
        timer_.cancel();
    });
}

Task<void> Housekeeping::every_turn() {
    report("traffic.flush", co_await hub_.traffic().flush());
}

Task<void> Housekeeping::every_minute() {
    if (!node_url_.empty())
        report("node.announce", co_await hub_.store().nodes.announce(node_url_));
    report("keys.last_used", co_await hub_.authenticator().flush_last_used());
}

Task<void> Housekeeping::every_hour() {
    const auto collected = co_await hub_.store().parts.collect_stale();
    if (!collected) report("uploads.collect", std::unexpected(collected.error()));
}

Task<void> Housekeeping::shared_work() {
    if (!co_await is_ours()) co_return;
    const auto now = std::chrono::steady_clock::now();
    if (now < shared_work_due_) co_return;
    shared_work_due_ = now + std::chrono::hours(1);
    report("uploads.forget", co_await hub_.store().upload_notes.forget_old());
    report("listing.trending",
           co_await hub_.listing().refresh_trending(clock_.now() / kMillisPerDay));
    report("listing.mend", co_await hub_.listing().mend_search());
    report("sessions.expire", co_await hub_.sessions().remove_expired());
    report("links.expire", co_await hub_.passwords().remove_expired_links());
    report("devices.expire", co_await hub_.devices().remove_expired());
    report("oauth.expire", co_await hub_.oauth_states().remove_expired());
    report("invitations.expire", co_await hub_.invitations().remove_expired());
    report("events.forget", co_await hub::remove_old_events(hub_.database(), clock_.now()));
    report("usage.forget", co_await hub::UsageDays(hub_.database())
                               .remove_before((clock_.now() - hub::kEventLife) / kMillisPerDay));
}

Task<bool> Housekeeping::is_ours() {
    if (!lease_) co_return true;
    const auto held = co_await lease_->beat(std::chrono::steady_clock::now());
    if (!held) report("lease.beat", std::unexpected(held.error()));
    co_return held.value_or(false);
}

void Housekeeping::report(std::string_view what, const Result<void>& outcome) const {
    if (!outcome)
        log_.warn("housekeeping.failed", {{"task", what}, {"cause", outcome.error().message}});
}

}  // namespace siahub::app
