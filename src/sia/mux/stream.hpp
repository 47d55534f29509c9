#pragma once
// One stream of a siamux connection, seen from a task: written to and read from, by one task at a
// time each, on the executor of its connection. What arrives while nobody reads is kept, up to the
// capacity the stream was opened with; what a reader waits for goes straight where it wants it.
// Destroying the stream closes it; the peer gets to know. A cancelled task gets operation_aborted
// thrown and leaves the stream fit for nothing but being closed. Errors: connection_closed (the
// peer closed the stream, or the connection broke), unavailable (the peer closed it and says why),
// invalid_argument (the peer sent more than fits).

#include "sia/mux/engine.hpp"
#include "sia/mux/wakeup.hpp"

#include <optional>

namespace siahub::sia::mux {

class Connection;

class Stream final : StreamSink {
  public:
    ~Stream() override;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Returns when everything has a place in the buffer of the connection, which is as good as
    // sent.
    Task<Result<void>> write(ByteView bytes);
    // All of `into`. What the peer sent before it closed the stream can still be read.
    Task<Result<void>> read_exactly(std::span<std::byte> into);
    void close();

  private:
    friend class Connection;
    Stream(std::shared_ptr<Connection> connection, std::size_t capacity);

    bool on_data(ByteView bytes) override;
    void on_end(Error why) override;
    ByteView give(ByteView bytes);

    std::shared_ptr<Connection> connection_;
    StreamId id_ = 0;
    std::size_t capacity_;
    Bytes kept_;
    std::size_t given_ = 0;        // of kept_
    std::span<std::byte> wanted_;  // by the task that reads
    std::optional<Error> end_;
    Wakeup arrived_;
};

}  // namespace siahub::sia::mux
