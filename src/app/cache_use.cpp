#include "app/cache_use.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::app {

Task<void> CacheUse::run() {
    while (!stopped_) {
        timer_.expires_after(std::chrono::minutes(1));
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (const auto written = co_await write(); !written)
            log_.warn("cache_use.write", {{"cause", written.error().message}});
    }
}

void CacheUse::stop() {
    asio::post(timer_.get_executor(), [this] {
        stopped_ = true;
        timer_.cancel();
    });
}

Task<Result<void>> CacheUse::write() {
    const auto now = stats_();
    CO_TRY(co_await write_line("cache_hit", now.hits - hits_));
    hits_ = now.hits;
    CO_TRY(co_await write_line("cache_miss", now.misses - misses_));
    misses_ = now.misses;
    co_return Result<void>{};
}

Task<Result<void>> CacheUse::write_line(std::string_view event, std::uint64_t count) {
    if (count == 0) co_return Result<void>{};
    const auto now = clock_.now();
    CO_TRY(co_await database_.execute(
        "INSERT INTO usage_log (id, at, event, bytes, count) VALUES ($1, $2, $3, 0, $4)",
        {new_row_id(now), now, event, static_cast<std::int64_t>(count)}));
    co_return Result<void>{};
}

}  // namespace siahub::app
