#pragma once
// The body of the request that a connection is answering: what came with the head first, then
// straight from the socket into the handler's buffer. One object per connection, begun anew for
// each request. A client must make progress of a few KiB per stall timeout, however it slices them.

#include "http/chunked.hpp"
#include "http/head.hpp"
#include "http/input_buffer.hpp"
#include "net/timed_socket.hpp"

namespace siahub::http {

class BodyReader final : public RequestBody {
  public:
    BodyReader(net::TimedSocket& socket, InputBuffer& input, std::chrono::milliseconds stall)
        : socket_(socket), input_(input), stall_(stall) {}

    void begin(const RequestHead& head);

    [[nodiscard]] std::optional<std::uint64_t> content_length() const override;
    Task<Result<std::size_t>> read(std::span<std::byte> into) override;

    [[nodiscard]] bool done() const;
    // Bytes of the body that were read, without the framing of a chunked one.
    [[nodiscard]] std::uint64_t taken() const { return taken_; }
    // Why the rest will never come: connection_closed, timeout or invalid_argument.
    [[nodiscard]] std::optional<Code> failure() const { return failure_; }
    // Whether the connection can go on after at most `limit` more bytes of this body are thrown
    // away. A client that still waits for "100 Continue" may send the body or not: nobody can tell.
    [[nodiscard]] bool can_drain(std::uint64_t limit) const;
    // Reads into `scratch` up to `limit` bytes; true at the end of the body.
    Task<bool> drain(std::uint64_t limit, std::span<std::byte> scratch);

  private:
    Task<Result<void>> send_continue();
    Task<Result<void>> next_chunk();
    Task<Result<std::size_t>> receive(std::span<std::byte> into);
    Task<Result<void>> fill_input();
    [[nodiscard]] std::uint64_t data_left() const;
    void take(std::size_t count);
    Failure broken(Error error);

    net::TimedSocket& socket_;
    InputBuffer& input_;
    std::chrono::milliseconds stall_;
    bool chunked_ = false;
    bool awaits_continue_ = false;
    std::optional<Code> failure_;
    std::uint64_t taken_ = 0;
    std::uint64_t length_ = 0;
    std::uint64_t left_ = 0;  // without chunked coding
    ChunkedDecoder decoder_;
    std::chrono::nanoseconds patience_{};
    std::uint64_t progress_ = 0;
};

}  // namespace siahub::http
