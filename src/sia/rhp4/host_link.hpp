#pragma once
// The connection to one host: dialled when a call needs it, shared by all calls, dialled anew when
// it broke. Who waits while another task dials in vain shares that failure instead of dialling
// once more. Used on the executor of its connections only.

#include "core/async_mutex.hpp"
#include "sia/host.hpp"
#include "sia/mux/connection.hpp"

namespace siahub::sia::rhp4 {

class HostLink {
  public:
    // The Go side of a connection has no flow control for its streams, so calls are few at a time.
    struct Limits {
        std::size_t reads = 16, writes = 8;
    };

    HostLink(mux::Connection::Home home, const mux::ConnectionOptions& options,
             const Limits& limits);

    struct Dialled {
        std::shared_ptr<mux::Connection> connection;
        bool fresh = false;  // dialled for this call
    };
    // Tries the addresses in turn.
    Task<Result<Dialled>> connection(const Host& host);
    // Connections made so far.
    [[nodiscard]] std::uint64_t dialled() const { return dialled_; }
    // Open connections end, later calls fail.
    void stop();

    AsyncSemaphore reads, writes;

  private:
    Task<Result<std::shared_ptr<mux::Connection>>> dial(const Host& host);
    [[nodiscard]] bool usable() const { return current_ && current_->is_open(); }

    const mux::Connection::Home home_;
    const mux::ConnectionOptions options_;
    std::shared_ptr<mux::Connection> current_;
    AsyncMutex dialling_;
    std::uint64_t dialled_ = 0, failures_ = 0;
    Error last_failure_;
    bool stopped_ = false;
};

}  // namespace siahub::sia::rhp4
