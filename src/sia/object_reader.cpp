#include "sia/object_reader.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::sia {

Task<Result<void>> ObjectReader::Pipe::write(Piece next) {
    const auto [error] =
        co_await channel_.async_send({}, std::move(next), asio::as_tuple(asio::use_awaitable));
    if (error) co_return fail(Code::connection_closed, "Nobody reads the object any more.");
    co_return Result<void>{};
}

void ObjectReader::Pipe::finish(Result<void> outcome) {
    outcome_ = std::move(outcome);
    channel_.close();
}

Task<Result<Piece>> ObjectReader::Pipe::read() {
    auto [error, piece] = co_await channel_.async_receive(asio::as_tuple(asio::use_awaitable));
    if (!error) co_return std::move(piece);
    if (error == asio::experimental::error::channel_cancelled)
        co_return fail(Code::connection_closed, "Reading the object was cancelled.");
    if (!outcome_) co_return Failure(outcome_.error());
    co_return Piece{};
}

void ObjectReader::Pipe::abandon(const std::shared_ptr<Pipe>& self) {
    channel_.cancel();
    asio::post(fetcher, [self] {
        if (!self->over) self->cancel.emit(asio::cancellation_type::terminal);
    });
}

Task<Result<ByteView>> ObjectReader::next() {
    current_ = {};
    current_ = CO_TRY(co_await pipe_->read());
    co_return ByteView(current_.bytes);
}

}  // namespace siahub::sia
