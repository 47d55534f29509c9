#include "kv/redis_call.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace siahub::kv {

RedisCall::RedisCall(Handler handler, asio::any_io_executor home)
    : handler_(std::move(handler)), home_(std::move(home)) {}

RedisCallPtr RedisCall::make(Handler handler, asio::any_io_executor home) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto call = std::make_shared<RedisCall>(std::move(handler), std::move(home));
    if (slot.is_connected()) {
        slot.assign([weak = std::weak_ptr(call)](asio::cancellation_type) {
            if (const auto cancelled = weak.lock())
                cancelled->finish(asio::error::operation_aborted, Reply{});
        });
    }
    return call;
}

void RedisCall::finish(boost::system::error_code error, Result<Reply> reply) {
    if (finished_.exchange(true)) return;
    // Never in line: the waiting task may ask again at once, in the middle of our caller's work.
    asio::post(home_, [handler = std::move(handler_), error, reply = std::move(reply)]() mutable {
        std::move(handler)(error, std::move(reply));
    });
}

}  // namespace siahub::kv
