#pragma once
// A range of an object as a stream that is pulled, from any executor, while it is fetched on the
// client's own thread (sia/client.hpp). Memory ahead of the reader is bounded, and belongs to the
// client's budget. Destroying the reader cancels what is on its way. One call at a time.

#include "http/message.hpp"
#include "net/gate.hpp"
#include "sia/transfer/streams.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>

namespace siahub::sia {

class ObjectReader final : public http::BodySource {
  public:
    // Between the thread that fetches and the one that reads.
    class Pipe final : public ByteSink {
      public:
        // The pass keeps the executor alive, and goes last.
        Pipe(net::Gate::Pass pass, const asio::any_io_executor& executor)
            : pass_(std::move(pass)), fetcher(executor), channel_(executor) {}
        Task<Result<void>> write(Piece next) override;
        void finish(Result<void> outcome);
        Task<Result<Piece>> read();  // no bytes: the end
        void abandon(const std::shared_ptr<Pipe>& self);

      private:
        net::Gate::Pass pass_;

      public:
        const asio::any_io_executor fetcher;
        asio::cancellation_signal cancel;  // used on the fetcher
        bool over = false;                 // the same

      private:
        asio::experimental::concurrent_channel<void(boost::system::error_code, Piece)> channel_;
        Result<void> outcome_;  // written before the channel is closed, read afterwards
    };

    explicit ObjectReader(std::shared_ptr<Pipe> pipe) : pipe_(std::move(pipe)) {}
    ~ObjectReader() override { pipe_->abandon(pipe_); }
    ObjectReader(const ObjectReader&) = delete;
    ObjectReader& operator=(const ObjectReader&) = delete;

    // The next bytes, valid until the next call; empty at the end.
    Task<Result<ByteView>> next() override;

  private:
    std::shared_ptr<Pipe> pipe_;
    Piece current_;
};

}  // namespace siahub::sia
