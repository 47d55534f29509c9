#pragma once
// The rules of a siamux connection after the handshake, without I/O: which frames may be sent, and
// what becomes of those that arrive. It keeps the promises whose breach makes a peer drop the whole
// connection: a stream begins with its first frame and not before, nothing follows the last one,
// and an id is not used again while frames of its former life may be under way.
//
// Everything that arrives is taken at once: the peer reads its side of all streams in turn, so a
// reader that makes it wait on one stream stalls them all. A stream says how much it can hold; what
// exceeds that closes the stream, not the connection. Errors of receive() end the connection.
// Used by one thread; sinks outlive their streams and must not call back into the engine.

#include "sia/mux/frames.hpp"
#include "sia/mux/packets.hpp"

#include <chrono>
#include <deque>
#include <unordered_map>

namespace siahub::sia::mux {

class StreamSink {
  public:
    virtual ~StreamSink() = default;
    // False: this is more than the stream can hold; it is closed, on_end() follows.
    virtual bool on_data(ByteView bytes) = 0;
    // No more comes. connection_closed: the peer closed in good order; otherwise what it said.
    virtual void on_end(Error why) = 0;
};

// Streams that the peer begins.
class StreamAcceptor {
  public:
    virtual ~StreamAcceptor() = default;
    virtual StreamSink& on_open(StreamId id) = 0;
};

class Engine {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    // Without an acceptor it is an error of the peer to begin a stream.
    explicit Engine(const Session& session, StreamAcceptor* acceptor = nullptr);

    StreamId open(StreamSink& sink);
    // Neither closed by us nor by the peer.
    [[nodiscard]] bool writable(StreamId id) const;
    // The stream is writable. Takes everything; the caller looks at queued() first.
    void write(StreamId id, ByteView payload);
    // Idempotent; the sink is not used any more.
    void close(StreamId id, TimePoint now);
    void keepalive();
    // The connection is over: all streams end.
    void abandon(const Error& why);

    // Takes whole packets, decrypting them where they are, and returns how many bytes that were.
    Result<std::size_t> receive(std::span<std::byte> sealed, TimePoint now);
    // One decrypted packet: what receive() does with each. Public for tests without ciphers.
    Result<void> receive_block(ByteView block, TimePoint now);

    [[nodiscard]] std::size_t queued() const { return sealer_.queued(); }
    Bytes flush(Bytes recycled) { return sealer_.flush(std::move(recycled)); }
    [[nodiscard]] std::size_t max_payload() const { return settings_.max_payload(); }
    [[nodiscard]] const Settings& settings() const { return settings_; }
    [[nodiscard]] std::size_t open_streams() const { return streams_.size(); }
    [[nodiscard]] std::size_t resting_ids() const { return resting_.size(); }
    // Frees ids that have rested long enough.
    void sweep(TimePoint now);
    // For tests of what happens when the ids run out.
    void continue_ids_at(StreamId id) { next_id_ = id; }

  private:
    struct Stream {
        StreamSink* sink = nullptr;
        bool announced = false;  // the peer knows of it
        bool writable = true;
    };

    void send(StreamId id, std::uint16_t flags, ByteView payload);
    Result<void> take(const Frame& frame, TimePoint now);
    Result<void> take_unknown(const Frame& frame, TimePoint now);
    void deliver(StreamId id, Stream& stream, const Frame& frame, TimePoint now);
    [[nodiscard]] bool ours(StreamId id) const;

    Role role_;
    Settings settings_;
    PacketSealer sealer_;
    PacketOpener opener_;
    FrameReader frames_;
    StreamAcceptor* acceptor_;
    StreamId next_id_;
    std::unordered_map<StreamId, Stream> streams_;

    // Ids of closed streams, with the weight of what arrived for them since.
    std::unordered_map<StreamId, std::size_t> resting_;
    std::deque<std::pair<TimePoint, StreamId>> rested_at_;
};

}  // namespace siahub::sia::mux
