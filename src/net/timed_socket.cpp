#include "net/timed_socket.hpp"

#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

namespace siahub::net {

namespace {

// A quarter of a usual L2: larger steps are slower, because the pages leave the cache before the
// receiver copies them (bench/README.md).
constexpr std::uint64_t kSendfileStep = 256 * 1024;
// After this many steps without waiting, other connections of the thread get their turn.
constexpr int kStepsPerTurn = 8;

// Joins the ends of the steps: without it every sendfile(2) pushes out what is left over from whole
// packets as a short one.
class Cork {
  public:
    Cork(int socket, bool wanted) : socket_(wanted ? socket : -1) { set(1); }
    ~Cork() { set(0); }
    Cork(const Cork&) = delete;
    Cork& operator=(const Cork&) = delete;

  private:
    void set(int on) const {
        if (socket_ >= 0) ::setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
    }

    int socket_;
};

void advance(std::span<iovec>& parts, std::size_t sent) {
    while (!parts.empty() && sent >= parts.front().iov_len) {
        sent -= parts.front().iov_len;
        parts = parts.subspan(1);
    }
    if (parts.empty()) return;
    parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + sent;
    parts.front().iov_len -= sent;
}

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

TimedSocket::TimedSocket(asio::ip::tcp::socket socket, Deadlines& deadlines,
                         std::function<void()> on_peer_gone, Traffic& traffic)
    : Entry(deadlines),
      socket_(std::move(socket)),
      on_peer_gone_(std::move(on_peer_gone)),
      traffic_(traffic) {}

void TimedSocket::note_sent(std::uint64_t bytes) {
    sent_ += bytes;
    Traffic::count(traffic_.sent, bytes);
}

Task<Result<std::size_t>> TimedSocket::read_some(std::span<std::byte> into, TimePoint deadline) {
    timed_out_ = false;
    set_deadline(deadline);
    const auto [error, count] =
        co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kAsTuple);
    set_deadline(Deadlines::kNever);
    Traffic::count(traffic_.received, count);
    if (error) co_return std::unexpected(failure(error));
    co_return count;
}

TimedSocket::Sent TimedSocket::send_now(std::span<iovec>& parts, bool more) {
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0);
    while (!parts.empty()) {
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        const auto sent = ::sendmsg(socket_.native_handle(), &message, flags);
        if (sent >= 0) {
            note_sent(static_cast<std::uint64_t>(sent));
            advance(parts, static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return Sent::part;
        } else if (errno != EINTR) {
            return Sent::failed;
        }
    }
    return Sent::all;
}

Task<Result<void>> TimedSocket::send(std::span<iovec> parts, bool more, Milliseconds stall) {
    for (;;) {
        const Sent sent = send_now(parts, more);
        if (sent == Sent::all) co_return Result<void>{};
        if (sent == Sent::failed) co_return fail(Code::connection_closed, "the client went away");
        CO_TRY(co_await wait_writable(stall));
    }
}

Task<Result<void>> TimedSocket::send_file(int fd, std::uint64_t offset, std::uint64_t length,
                                          Milliseconds stall) {
    auto position = static_cast<off_t>(offset);
    int steps = 0;
    const Cork cork(socket_.native_handle(), length > kSendfileStep);
    while (length > 0) {
        const auto step = std::min(length, kSendfileStep);
        const auto sent = ::sendfile(socket_.native_handle(), fd, &position, step);
        if (sent > 0) {
            length -= static_cast<std::uint64_t>(sent);
            note_sent(static_cast<std::uint64_t>(sent));
            if (++steps % kStepsPerTurn == 0 && length > 0)
                co_await asio::post(asio::use_awaitable);
        } else if (sent == 0) {
            co_return fail(Code::internal, "a stored file is shorter than its catalog entry");
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            CO_TRY(co_await wait_writable(stall));
        } else if (errno != EINTR) {
            co_return fail(Code::connection_closed, "the client went away");
        }
    }
    co_return Result<void>{};
}

Task<Result<void>> TimedSocket::wait_writable(Milliseconds stall) {
    timed_out_ = false;
    set_deadline(std::chrono::steady_clock::now() + stall);
    const auto [error] = co_await socket_.async_wait(asio::socket_base::wait_write, kAsTuple);
    set_deadline(Deadlines::kNever);
    if (error) co_return std::unexpected(failure(error));
    co_return Result<void>{};
}

void TimedSocket::shutdown_send() {
    boost::system::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

void TimedSocket::cancel() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void TimedSocket::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void TimedSocket::on_deadline() {
    timed_out_ = true;
    cancel();
}

void TimedSocket::on_sweep() {
    if (!watching_ || !socket_.is_open()) return;
    pollfd state{.fd = socket_.native_handle(), .events = POLLRDHUP, .revents = 0};
    if (::poll(&state, 1, 0) > 0) {
        watching_ = false;
        on_peer_gone_();
    }
}

Error TimedSocket::failure(const boost::system::error_code& error) const {
    if (timed_out_ && error == asio::error::operation_aborted)
        return {Code::timeout, "the client was too slow"};
    return {Code::connection_closed, "the client went away"};
}

}  // namespace siahub::net
