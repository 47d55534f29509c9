#pragma once
// An HTTP/1.1 client for the processes of a hub and for what stands behind hf-proxy: pooled
// keep-alive connections per I/O thread, TLS, bodies streamed both ways with bounded memory. It
// follows no redirects and touches no header but those that frame the message (RFC 9110, 9112).
//
// Errors: unavailable (cannot connect, certificate refused, malformed answer), timeout,
// connection_closed (the answer broke off), and whatever the body's source fails with. A request
// that met a dead pooled connection before any answer is repeated once on a new one if it may be:
// no part of a streamed body was taken from its source, and the method is idempotent or nothing
// reached the server.

#include "http/message.hpp"
#include "http/origin.hpp"
#include "net/io_threads.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace siahub::http {

struct ClientOptions {
    std::size_t max_head_bytes = 64 * 1024;
    std::size_t max_requests_per_host = 256;  // in flight, over all threads; more wait their turn
    std::size_t max_idle_per_host = 16;       // per thread
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds head_timeout{120'000};  // from the end of the request to the answer
    std::chrono::milliseconds stall_timeout{60'000};  // no progress while a body moves
    std::chrono::milliseconds idle_timeout{20'000};   // below what servers keep connections for
    std::filesystem::path extra_ca;                   // PEM, believed besides the system's
};

struct ClientRequest {
    std::string method = "GET";
    Origin origin;
    std::string target = "/";  // path and query, sent byte for byte
    // In this order. Host is added when it is missing; fields that frame the message
    // (Content-Length, Transfer-Encoding, Connection, Keep-Alive) are left out.
    Headers headers{};
    // The source is destroyed when it is not used any more, perhaps after the answer: whoever lends
    // it something waits for that.
    std::variant<std::string, StreamBody> body{};
    bool announce_empty_body = false;  // "Content-Length: 0" where the method does not imply it
    // Instead of the client's own, where the answer is known to take longer.
    std::optional<std::chrono::milliseconds> head_timeout{};
};

// The body of an answer, pulled. May be read while the request's body is still being sent. To drop
// it early closes its connection and stops the sending.
class ClientBody final : public BodySource {
  public:
    class Exchange;
    explicit ClientBody(std::shared_ptr<Exchange> exchange);
    ~ClientBody() override;
    ClientBody(const ClientBody&) = delete;
    ClientBody& operator=(const ClientBody&) = delete;

    Task<Result<ByteView>> next() override;
    // The whole body; payload_too_large beyond `limit`.
    Task<Result<std::string>> read_all(std::size_t limit);

  private:
    std::shared_ptr<Exchange> exchange_;
};

struct ClientResponse {
    unsigned status = 0;
    Headers headers;
    // What the head announced: for HEAD and 304 without a body behind it.
    std::optional<std::uint64_t> content_length;
    bool has_body = true;
    std::unique_ptr<ClientBody> body;  // never null

    [[nodiscard]] std::string_view header(std::string_view name) const {
        return headers.find(name).value_or("");
    }
};

class Client {
  public:
    // Errors: invalid_argument (extra_ca). The threads outlive the client.
    static Result<std::unique_ptr<Client>> open(net::IoThreads& io, ClientOptions options);
    ~Client();  // waits until nothing is in flight; not to be called on an I/O thread
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Returns with the head of the answer. To be awaited on a thread of `io`; cancelling the task
    // closes the connection.
    Task<Result<ClientResponse>> send(ClientRequest request);

    [[nodiscard]] std::uint64_t connections_opened() const;

    struct Impl;
    explicit Client(std::unique_ptr<Impl> impl);

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace siahub::http
