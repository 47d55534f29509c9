#pragma once
// One connection to a server as HTTP sees it: heads and bodies in and out. It knows of one exchange
// at a time and nothing of pools. Sending and receiving may go on at the same time.

#include "http/chunked.hpp"
#include "http/client.hpp"
#include "http/response_parser.hpp"
#include "net/client_stream.hpp"

namespace siahub::http {

class ClientConnection {
  public:
    using TimePoint = net::ClientStream::TimePoint;

    ClientConnection(asio::io_context& context, net::Deadlines& deadlines, net::TlsTrust& trust,
                     const Origin& origin, const ClientOptions& options);

    Task<Result<void>> connect();
    [[nodiscard]] const Origin& origin() const { return origin_; }
    [[nodiscard]] bool fit_for_reuse() const { return stream_.fit_for_reuse(); }
    void rest_until(TimePoint when);  // idle: closes itself then, and gives its memory back
    void close() { stream_.close(); }

    // Sending. With a body of text everything goes out at once.
    Task<Result<void>> send_head(const ClientRequest& request);
    Task<Result<void>> send_piece(ByteView piece, bool chunked);
    Task<Result<void>> send_last_chunk();

    // Receiving. The head that answers the request, after any 1xx. While `sending` the deadline
    // does not run; expect_head_within() starts it.
    Task<Result<ResponseHead>> receive_head(bool sending, std::chrono::milliseconds time);
    void expect_head_within(std::chrono::milliseconds time);
    void begin_body(const ResponseHead& head, bool has_body);
    // Empty at the end; valid until the next call.
    Task<Result<ByteView>> receive_piece();

    // Whether a single byte of an answer has arrived.
    [[nodiscard]] bool heard_anything() const { return heard_; }
    // The answer has ended where it said it would, nothing came behind it, and the server goes on.
    [[nodiscard]] bool reusable() const;

  private:
    enum class Ends { at_once, by_length, by_chunks, by_close };

    Task<Result<std::size_t>> fill(TimePoint deadline);
    Task<Result<ByteView>> take(std::uint64_t most);
    Task<Result<ByteView>> next_of_chunks();
    [[nodiscard]] std::string_view buffered() const { return {in_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] TimePoint stall_deadline() const;

    Origin origin_;
    const ClientOptions& options_;
    net::ClientStream stream_;
    std::string out_;
    std::unique_ptr<char[]> in_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    Ends ends_ = Ends::at_once;
    std::uint64_t left_ = 0;
    ChunkedDecoder decoder_;
    bool keep_alive_ = false;
    bool ended_ = false;
    bool heard_ = false;
    TimePoint head_deadline_ = net::Deadlines::kNever;
};

}  // namespace siahub::http
