#pragma once
// A connection that this side opens: TCP, or TLS over it, with a deadline on every wait. Reading
// and writing may go on at the same time, each by one task. Used on the thread of its io_context
// only. A wait that runs out of time closes the connection. Errors, with sentences that name the
// peer: unavailable (cannot connect, certificate refused), timeout, connection_closed.

#include "core/bytes.hpp"
#include "core/task.hpp"
#include "net/deadlines.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace siahub::net {

class TlsTrust;

struct Peer {
    std::string host;  // a name, or an address without brackets
    std::uint16_t port = 0;
    bool tls = false;
};

class ClientStream {
  public:
    using TimePoint = Deadlines::TimePoint;
    using Milliseconds = std::chrono::milliseconds;

    // `trust` outlives the stream.
    ClientStream(asio::io_context& context, Deadlines& deadlines, TlsTrust& trust, Peer peer);
    ~ClientStream();
    ClientStream(const ClientStream&) = delete;
    ClientStream& operator=(const ClientStream&) = delete;

    // Resolves, connects, shakes hands.
    Task<Result<void>> connect(TimePoint deadline);
    // 0 when the peer has ended the stream in good order. TLS that just breaks off is an error.
    Task<Result<std::size_t>> read_some(std::span<std::byte> into, TimePoint deadline);
    // For a read that waits already.
    void change_read_deadline(TimePoint deadline);
    // All of `parts`, in order; `stall` bounds each wait for room.
    Task<Result<void>> write(std::span<const ByteView> parts, Milliseconds stall);

    // An idle connection that nothing has happened to. What arrives unasked makes it unusable.
    [[nodiscard]] bool fit_for_reuse() const;
    [[nodiscard]] bool is_open() const;
    // Pending operations fail; used from other tasks of the same thread.
    void close();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace siahub::net
