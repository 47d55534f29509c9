#pragma once
// A command on its way: who waits for the reply, and where he lives. It is answered once, by
// whoever comes first: the reply, the end of the connection, or the waiting task's cancellation
// (the wait then throws operation_aborted; a late reply is dropped). Any thread.

#include "core/task.hpp"
#include "kv/resp.hpp"

#include <atomic>
#include <memory>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>

namespace siahub::kv {

class RedisCall {
  public:
    using Signature = void(boost::system::error_code, Result<Reply>);
    using Handler = asio::any_completion_handler<Signature>;

    // `home` is where the handler runs; it counts as work until then.
    static std::shared_ptr<RedisCall> make(Handler handler, asio::any_io_executor home);
    RedisCall(Handler handler, asio::any_io_executor home);

    void answer(Result<Reply> reply) { finish({}, std::move(reply)); }

  private:
    void finish(boost::system::error_code error, Result<Reply> reply);

    Handler handler_;
    asio::any_io_executor home_;
    std::atomic<bool> finished_ = false;
};

using RedisCallPtr = std::shared_ptr<RedisCall>;

}  // namespace siahub::kv
