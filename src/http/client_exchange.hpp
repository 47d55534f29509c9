#pragma once
// One request and its answer on one connection. The request's body is sent by a task of its own, so
// that the answer can be read meanwhile; both share this object. Lives on one thread.

#include "http/client_pool.hpp"

#include <boost/asio/cancellation_signal.hpp>

namespace siahub::http {

class ClientBody::Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    Exchange(ClientPool& pool, std::unique_ptr<ClientConnection> connection);
    ~Exchange();

    // Sends the request, in part, and receives the head of the answer. On success and on failure a
    // streamed body has been taken out of `request` unless may_repeat() holds.
    Task<Result<ClientResponse>> run(ClientRequest& request);
    // After a failure: the server cannot have begun to answer, and may be asked again.
    [[nodiscard]] bool may_repeat() const { return may_repeat_; }

    Task<Result<ByteView>> next();
    // Stops the sending and gives the connection up.
    void abort();

    net::ByteBudget::Lease lease;  // the turn among requests to this host

  private:
    Task<Result<ResponseHead>> talk(ClientRequest& request);
    void start_sending(StreamBody body);
    Task<void> send_body(StreamBody body);
    Task<Result<void>> send_pieces(StreamBody& body);
    void end();

    ClientPool& pool_;
    net::Gate::Pass pass_;
    std::unique_ptr<ClientConnection> connection_;
    asio::cancellation_signal stop_sending_;
    std::optional<Error> source_error_;
    std::chrono::milliseconds head_timeout_{};
    bool sending_ = false;
    bool sent_ = true;
    bool answered_ = false;
    bool may_repeat_ = false;
};

}  // namespace siahub::http
