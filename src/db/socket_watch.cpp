#include "db/socket_watch.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace siahub::db {

using asio::posix::stream_descriptor;

SocketWatch::~SocketWatch() {
    if (descriptor_) descriptor_->release();
}

// An error of the socket ends the wait like readiness does: the next read reports it.
Task<void> SocketWatch::attach() {
    if (!descriptor_) descriptor_.emplace(co_await asio::this_coro::executor, socket_);
}

Task<void> SocketWatch::readable() {
    co_await attach();
    co_await descriptor_->async_wait(stream_descriptor::wait_read, asio::use_awaitable);
    wait_.heard();
}

Task<void> SocketWatch::readable_or_writable() {
    using namespace asio::experimental::awaitable_operators;
    co_await attach();
    co_await (descriptor_->async_wait(stream_descriptor::wait_read, asio::use_awaitable) ||
              descriptor_->async_wait(stream_descriptor::wait_write, asio::use_awaitable));
    wait_.heard();
}

}  // namespace siahub::db
