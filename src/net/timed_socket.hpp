#pragma once
// A connected TCP socket whose waits have deadlines, and which can notice that the peer has gone
// while the application works and nobody reads or writes. Used on the thread of its io_context
// only. Errors: connection_closed (end of stream, reset), timeout (the deadline passed first).

#include "core/task.hpp"
#include "net/deadlines.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>

#include <boost/asio/ip/tcp.hpp>
#include <sys/uio.h>

namespace siahub::net {

// What the sockets of one thread have moved: written by that thread, read by any.
struct Traffic {
    std::atomic<std::uint64_t> received = 0, sent = 0;
    // Without the lock that an addition by several threads needs.
    static void count(std::atomic<std::uint64_t>& total, std::uint64_t bytes) {
        total.store(total.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
    }
};

class TimedSocket final : Deadlines::Entry {
  public:
    using TimePoint = Deadlines::TimePoint;
    using Milliseconds = std::chrono::milliseconds;

    // `on_peer_gone` is called from a sweep while watch_peer(true) holds and the peer has closed or
    // reset the connection. A peer that only shut down its sending side counts as gone: the two
    // look the same until something is written.
    TimedSocket(asio::ip::tcp::socket socket, Deadlines& deadlines,
                std::function<void()> on_peer_gone, Traffic& traffic);

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

    [[nodiscard]] std::uint64_t bytes_sent() const { return sent_; }
    void watch_peer(bool on) { watching_ = on; }
    void shutdown_send();
    // Makes pending and later operations fail; used from other coroutines of the same thread.
    void cancel();
    void close();

  private:
    void on_deadline() override;
    void on_sweep() override;
    Task<Result<void>> wait_writable(Milliseconds stall);
    void note_sent(std::uint64_t bytes);
    [[nodiscard]] Error failure(const boost::system::error_code& error) const;

    asio::ip::tcp::socket socket_;
    std::function<void()> on_peer_gone_;
    Traffic& traffic_;
    std::uint64_t sent_ = 0;
    bool timed_out_ = false;
    bool watching_ = false;
};

}  // namespace siahub::net
