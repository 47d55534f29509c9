#pragma once
// A connected TCP socket whose waits have deadlines, and which can notice that the peer has gone
// while the application works and nobody reads or writes. Used on the thread of its io_context
// only. Errors: connection_closed (end of stream, reset), timeout (the deadline passed first).

#include "core/task.hpp"
#include "net/deadlines.hpp"

#include <cstdint>
#include <functional>
#include <span>

#include <boost/asio/ip/tcp.hpp>
#include <sys/uio.h>

namespace siahub::net {

class TimedSocket final : Deadlines::Entry {
  public:
    using TimePoint = Deadlines::TimePoint;
    using Milliseconds = std::chrono::milliseconds;

    // `on_peer_gone` is called from a sweep while watch_peer(true) holds and the peer has closed or
    // reset the connection. A peer that only shut down its sending side counts as gone: the two
    // look the same until something is written.
    TimedSocket(asio::ip::tcp::socket socket, Deadlines& deadlines,
                std::function<void()> on_peer_gone);

    // At least one byte; never 0.
    Task<Result<std::size_t>> read_some(std::span<std::byte> into, TimePoint deadline);

    enum class Sent { all, part, failed };
    // What the kernel takes without waiting; `parts` then describes what is left. `more` lets the
    // kernel hold back a short packet because more bytes follow at once.
    Sent send_now(std::span<iovec>& parts, bool more);
    // All of `parts` (which is modified); `stall` bounds each wait for room in the send buffer.
    Task<Result<void>> send(std::span<iovec> parts, bool more, Milliseconds stall);
    // A byte range of a file by sendfile(2). A file shorter than promised is an internal error.
    Task<Result<void>> send_file(int fd, std::uint64_t offset, std::uint64_t length,
                                 Milliseconds stall);

    void watch_peer(bool on) { watching_ = on; }
    void shutdown_send();
    // Makes pending and later operations fail; used from other coroutines of the same thread.
    void cancel();
    void close();

  private:
    void on_deadline() override;
    void on_sweep() override;
    Task<Result<void>> wait_writable(Milliseconds stall);
    [[nodiscard]] Error failure(const boost::system::error_code& error) const;

    asio::ip::tcp::socket socket_;
    std::function<void()> on_peer_gone_;
    bool timed_out_ = false;
    bool watching_ = false;
};

}  // namespace siahub::net
