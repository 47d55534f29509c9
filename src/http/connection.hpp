#pragma once
// One client connection: reads heads, calls handlers, sends answers, one request after the other.
// Created, run and destroyed on its worker's thread; run() is the only coroutine, everything else
// it awaits is part of it. cut() cancels whatever it waits for.

#include "http/body_reader.hpp"
#include "http/exchange_watch.hpp"
#include "http/head.hpp"
#include "http/input_buffer.hpp"
#include "http/worker.hpp"
#include "net/timed_socket.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace siahub::http {

class Connection {
  public:
    Connection(Worker& worker, asio::ip::tcp::socket socket, const asio::ip::tcp::endpoint& peer);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Task<void> run();
    asio::cancellation_slot cancellation_slot() { return cancel_.slot(); }
    void stop_when_idle();
    void cut(Ending why);

  private:
    // What receive_head came back with: 0 for a good head, kGone, or the status to refuse it with.
    static constexpr unsigned kGone = 1;
    Task<unsigned> receive_head();
    unsigned parse_buffered(std::size_t head_size);
    void begin_request(bool understood);
    void locate_client();

    Task<bool> exchange();  // one request and its answer; whether the connection goes on
    Task<void> clean_up();  // what the handler left behind
    Task<Response> respond();
    Task<bool> finish_body();
    Task<void> linger();

    [[nodiscard]] Framing frame(const Response& response);
    Task<bool> send(Response& response);
    Task<Result<void>> send_simple(std::string_view body);
    Task<Result<void>> send_files(const FileBody& body);
    struct SendFailed {
        Error error;
    };
    Task<Result<void>> send_parts(const FileSlice& slice);
    Task<void> send_part(std::shared_ptr<const FileHandle> file, std::uint64_t offset,
                         std::uint64_t length);
    Task<Result<void>> send_stream(StreamBody& body, const Framing& framing);
    Task<Result<void>> send_piece(ByteView piece, bool chunked);
    Task<Result<void>> send_text(std::string_view text, bool more);

    Worker& worker_;
    Shared& shared_;
    net::Gate::Pass pass_;
    asio::cancellation_signal cancel_;
    net::TimedSocket socket_;
    InputBuffer input_;
    BodyReader body_;
    RequestHead head_;
    Request request_;
    std::string peer_;  // of the socket; the client may be behind it
    std::string out_;
    Progress progress_;    // of the present request
    bool first_ = true;    // no request has arrived yet
    bool idle_ = true;     // between requests, nothing received
    bool close_ = false;   // after this answer
    bool linger_ = false;  // the client may still be sending: give it time to read the answer
    bool cut_ = false;
};

}  // namespace siahub::http
