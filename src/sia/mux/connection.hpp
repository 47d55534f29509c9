#pragma once
// A siamux connection over TCP: dials or accepts, shakes hands, then carries streams until it is
// closed, breaks, or has had no stream for a while. Two tasks of its own read and write; they hold
// the connection alive and a pass of the owner's gate. Reading never waits for a stream; writers
// wait while a bounded buffer is full, each getting its turn. Everything happens on one executor
// that runs one handler at a time. Whoever dialled closes it at last.
//
// Errors of dial(): invalid_argument and invalid_credentials (see handshake.hpp), unavailable,
// timeout. When a connection breaks, its streams end with connection_closed or what was wrong.

#include "core/async_mutex.hpp"
#include "net/deadlines.hpp"
#include "net/gate.hpp"
#include "sia/mux/address.hpp"
#include "sia/mux/stream.hpp"

#include <functional>

#include <boost/asio/ip/tcp.hpp>

namespace siahub::sia::mux {

struct ConnectionOptions {
    Settings settings = {};
    std::chrono::milliseconds dial_timeout = std::chrono::seconds(10);
    // How long the peer may take nothing of what is sent.
    std::chrono::milliseconds write_stall = std::chrono::seconds(60);
    std::chrono::milliseconds idle_timeout = std::chrono::minutes(5);
    // Beyond this, writers wait.
    std::size_t write_buffer = 128 * 1024;
    // What a stream that the peer begins may hold unread.
    std::size_t accepted_capacity = 8 * 1024 * 1024;
};

class Connection final : public std::enable_shared_from_this<Connection>,
                         StreamAcceptor,
                         net::Deadlines::Entry {
  public:
    using TimePoint = net::Deadlines::TimePoint;
    using OnStream = std::function<void(std::unique_ptr<Stream>)>;

    // What the connection needs from its owner; all outlive its tasks, which hold the gate.
    struct Home {
        asio::any_io_executor executor;
        net::Deadlines& deadlines;
        net::Gate& gate;
    };

    static Task<Result<std::shared_ptr<Connection>>> dial(Home home, Address address,
                                                          PublicKey host,
                                                          ConnectionOptions options);
    // `on_stream` is called for every stream that the dialer begins.
    static Task<Result<std::shared_ptr<Connection>>> accept(Home home, asio::ip::tcp::socket socket,
                                                            Ed25519PrivateKey host,
                                                            OnStream on_stream,
                                                            ConnectionOptions options);
    ~Connection() override;

    // The peer hears of it with the first byte. `capacity`: what it may hold unread. Once the
    // connection is over, what opens here has ended already.
    std::unique_ptr<Stream> open_stream(std::size_t capacity);
    // Ends all streams. Idempotent.
    void close(Error why);

    [[nodiscard]] bool is_open() const { return open_; }
    // When the kernel last gave or took bytes.
    [[nodiscard]] TimePoint last_moved() const { return std::max(last_received_, last_sent_); }
    [[nodiscard]] std::size_t open_streams() const { return engine_ ? engine_->open_streams() : 0; }
    [[nodiscard]] const asio::any_io_executor& executor() const { return home_.executor; }
    [[nodiscard]] const std::string& peer() const { return peer_; }

  private:
    friend class Stream;
    Connection(Home home, ConnectionOptions options, std::string peer);

    Task<Result<void>> connect(Address address);
    Task<Result<void>> connect_to(Address place);
    Task<Result<void>> shake_hands(Handshake& handshake);
    Task<Result<void>> read_all(std::span<std::byte> into);
    Task<Result<void>> write_all(ByteView bytes);
    void start(const Session& session);
    // The pass comes first because it has to go last, after what may be the end of the connection.
    static Task<void> read_loop(net::Gate::Pass pass, std::shared_ptr<Connection> self);
    static Task<void> write_loop(net::Gate::Pass pass, std::shared_ptr<Connection> self);
    Result<void> take(std::span<std::byte> received, std::size_t& filled);

    StreamSink& on_open(StreamId id) override;
    void on_deadline() override;
    void on_sweep() override;
    [[nodiscard]] Error broken(const boost::system::error_code& error, const char* doing) const;

    // For streams.
    Engine& engine() { return *engine_; }
    [[nodiscard]] bool has_room() const { return engine_->queued() < options_.write_buffer; }
    void send(StreamId id, ByteView bytes);
    void forget(StreamId id);

    const Home home_;
    const ConnectionOptions options_;
    const std::string peer_;
    asio::ip::tcp::resolver resolver_;
    asio::ip::tcp::socket socket_;
    OnStream on_stream_;
    std::optional<Engine> engine_;
    bool open_ = false;
    bool timed_out_ = false;
    Error end_{Code::connection_closed, "The connection is closed."};
    TimePoint last_received_, last_sent_, last_used_;
    std::vector<std::unique_ptr<Stream>> begun_;  // by the peer, not handed out yet

    AsyncMutex turns_;  // of streams that write
    Wakeup room_;       // for the stream whose turn it is
    Wakeup output_;     // for the writing task
};

}  // namespace siahub::sia::mux
