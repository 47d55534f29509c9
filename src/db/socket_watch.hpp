#pragma once
// Waits for a socket that somebody else owns, on the executor of the waiting task and only as long
// as this object lives. So a connection may serve a task of one io_context after the other. Whoever
// stays silent for too long is cut off (db/silence_watch.hpp).

#include "core/task.hpp"
#include "db/silence_watch.hpp"

#include <optional>

#include <boost/asio/posix/stream_descriptor.hpp>

namespace siahub::db {

class SocketWatch {
  public:
    SocketWatch(int socket, SilenceWatch& silence) : socket_(socket), wait_(silence, socket) {}
    ~SocketWatch();
    SocketWatch(const SocketWatch&) = delete;
    SocketWatch& operator=(const SocketWatch&) = delete;

    Task<void> readable();
    Task<void> readable_or_writable();

  private:
    Task<void> attach();

    int socket_;
    SilenceWatch::Wait wait_;
    std::optional<asio::posix::stream_descriptor> descriptor_;
};

}  // namespace siahub::db
