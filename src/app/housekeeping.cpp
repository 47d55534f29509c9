#include "app/housekeeping.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::app {

namespace {

// What a crash may cost the counters.
constexpr std::chrono::seconds kTurn{5};
constexpr int kTurnsPerMinute = 12;
constexpr int kTurnsPerHour = 60 * kTurnsPerMinute;
constexpr std::int64_t kMillisPerDay = 24LL * 60 * 60 * 1000;

}  // namespace

Housekeeping::Housekeeping(const asio::any_io_executor& executor, HubServices& hub,
                           std::string node_url, const Clock& clock, const Log& log)
    : timer_(executor), hub_(hub), node_url_(std::move(node_url)), clock_(clock), log_(log) {}

Task<void> Housekeeping::run() {
    for (int turn = 0; !stopped_; turn = (turn + 1) % kTurnsPerHour) {
        if (turn == 0) co_await every_hour();
        if (turn % kTurnsPerMinute == 0) co_await every_minute();
        co_await every_turn();
        if (stopped_) break;
        timer_.expires_after(kTurn);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_await every_turn();
    co_await every_minute();
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
    report("node.announce", co_await hub_.store().nodes.announce(node_url_));
    report("keys.last_used", co_await hub_.authenticator().flush_last_used());
}

Task<void> Housekeeping::every_hour() {
    const auto collected = co_await hub_.store().parts.collect_stale();
    if (!collected) report("uploads.collect", std::unexpected(collected.error()));
    report("uploads.forget", co_await hub_.store().upload_notes.forget_old());
    report("listing.trending",
           co_await hub_.listing().refresh_trending(clock_.now() / kMillisPerDay));
}

void Housekeeping::report(std::string_view what, const Result<void>& outcome) const {
    if (!outcome)
        log_.warn("housekeeping.failed", {{"task", what}, {"cause", outcome.error().message}});
}

}  // namespace siahub::app
