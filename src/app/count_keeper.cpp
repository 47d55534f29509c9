#include "app/count_keeper.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::app {
namespace {

constexpr std::chrono::seconds kTurn{5};

}  // namespace

Task<void> CountKeeper::run() {
    while (!stopped_) {
        report("count.figures", co_await hub_.figures().renew());
        report("count.storage", co_await hub_.storage().renew());
        if (stopped_) break;
        timer_.expires_after(kTurn);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void CountKeeper::stop() {
    stopped_ = true;
    hub_.figures().stop();
    hub_.storage().stop();
    asio::post(timer_.get_executor(), [this] { timer_.cancel(); });
}

void CountKeeper::report(std::string_view what, const Result<void>& outcome) const {
    if (!outcome && !stopped_)
        log_.warn("housekeeping.failed", {{"task", what}, {"cause", outcome.error().message}});
}

}  // namespace siahub::app
