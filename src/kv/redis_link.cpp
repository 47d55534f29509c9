#include "kv/redis_link.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::kv {

RedisLink::RedisLink(asio::any_io_executor executor, RedisOptions options, Owner& owner,
                     std::size_t index)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      owner_(owner),
      index_(index),
      timer_(executor_) {}

Task<void> RedisLink::run() {
    const auto self = shared_from_this();
    auto wait = options_.first_pause;
    while (!stopped_) {
        current_ = std::make_shared<RedisPipeline>(executor_, options_);
        const auto began = std::chrono::steady_clock::now();
        const auto error = co_await live(current_);
        if (stopped_) break;
        owner_.link_down(index_, error.message);
        // One that has lived may just have been cut: the next attempt follows at once. One that
        // dies young again and again does not get to do so without pause.
        if (std::chrono::steady_clock::now() - began > options_.longest_pause) {
            wait = options_.first_pause;
            continue;
        }
        co_await pause(wait);
        wait = std::min(wait * 2, options_.longest_pause);
    }
}

Task<Error> RedisLink::live(std::shared_ptr<RedisPipeline> pipeline) {
    const auto opened = co_await pipeline->open();
    if (!opened) co_return opened.error();
    publish(pipeline);
    owner_.link_up(index_);
    auto error = co_await pipeline->serve();
    publish(nullptr);
    co_return error;
}

Task<void> RedisLink::pause(std::chrono::milliseconds time) {
    if (stopped_) co_return;
    timer_.expires_after(time);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void RedisLink::stop() {
    asio::post(executor_, [self = shared_from_this()] {
        self->stopped_ = true;
        self->timer_.cancel();
        if (self->current_) self->current_->close("Redis: the connection is shut down");
    });
}

std::shared_ptr<RedisPipeline> RedisLink::pipeline() const {
    const std::scoped_lock guard(mutex_);
    return published_;
}

void RedisLink::publish(std::shared_ptr<RedisPipeline> pipeline) {
    const std::scoped_lock guard(mutex_);
    published_ = std::move(pipeline);
}

}  // namespace siahub::kv
