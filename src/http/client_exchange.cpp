#include "http/client_exchange.hpp"

#include "http/response_head.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace siahub::http {

namespace {

// How long an answer may take that was on its way when the server stopped reading.
constexpr std::chrono::seconds kLastWords{5};

bool is_idempotent(std::string_view method) {
    constexpr std::array<std::string_view, 5> kMethods = {"GET", "HEAD", "PUT", "DELETE",
                                                          "OPTIONS"};
    return std::ranges::find(kMethods, method) != kMethods.end();
}

}  // namespace

ClientBody::Exchange::Exchange(ClientPool& pool, std::unique_ptr<ClientConnection> connection)
    : pool_(pool), pass_(pool.shared.gate), connection_(std::move(connection)) {}

ClientBody::Exchange::~Exchange() = default;

Task<Result<ClientResponse>> ClientBody::Exchange::run(ClientRequest& request) {
    auto head = co_await talk(request);
    if (!head && source_error_) co_return std::unexpected(*source_error_);
    if (!head) co_return std::unexpected(std::move(head).error());
    ClientResponse response;
    response.status = head->status;
    response.content_length = head->content_length;
    response.has_body = request.method != "HEAD" && !has_no_body(head->status) &&
                        head->content_length != std::uint64_t{0};
    connection_->begin_body(*head, response.has_body);
    response.headers = std::move(head->headers);
    response.body = std::make_unique<ClientBody>(shared_from_this());
    if (!response.has_body && !sending_) end();
    co_return response;
}

Task<Result<ResponseHead>> ClientBody::Exchange::talk(ClientRequest& request) {
    auto* const stream = std::get_if<StreamBody>(&request.body);
    head_timeout_ = request.head_timeout.value_or(pool_.shared.options.head_timeout);
    const auto sent = co_await connection_->send_head(request);
    if (!sent) {
        may_repeat_ = sent.error().code == Code::connection_closed;
        co_return std::unexpected(sent.error());
    }
    const bool repeatable = stream == nullptr && is_idempotent(request.method);
    if (stream != nullptr) start_sending(std::move(*stream));
    auto head = co_await connection_->receive_head(sending_, head_timeout_);
    answered_ = head.has_value();
    if (!head)
        may_repeat_ = repeatable && head.error().code == Code::connection_closed &&
                      !connection_->heard_anything();
    co_return head;
}

void ClientBody::Exchange::start_sending(StreamBody body) {
    sending_ = true;
    sent_ = false;
    asio::co_spawn(
        pool_.context, send_body(std::move(body)),
        asio::bind_cancellation_slot(
            stop_sending_.slot(), [self = shared_from_this()](const std::exception_ptr&) mutable {
                self->sending_ = false;
                // Later: the coroutine's own end still uses the
                // cancellation slot.
                auto& context = self->pool_.context;
                asio::post(context, [later = std::move(self)] {});
            }));
}

// The source ends with this task's frame, whatever becomes of the answer.
Task<void> ClientBody::Exchange::send_body(StreamBody body) {
    const auto sent = co_await send_pieces(body);
    if (!connection_) co_return;
    sent_ = sent.has_value();
    if (source_error_)
        connection_->close();
    else if (!answered_)
        connection_->expect_head_within(sent_ ? head_timeout_
                                              : std::chrono::milliseconds(kLastWords));
}

Task<Result<void>> ClientBody::Exchange::send_pieces(StreamBody& body) {
    const bool chunked = !body.length;
    std::uint64_t left = body.length.value_or(UINT64_MAX);
    for (;;) {
        auto piece = co_await body.source->next();
        if (piece && piece->size() > left)
            piece = fail(Code::internal, "a body is longer than announced");
        if (piece && piece->empty() && !chunked && left > 0)
            piece = fail(Code::internal, "a body is shorter than announced");
        if (!piece) source_error_ = piece.error();
        if (!connection_) co_return fail(Code::connection_closed, "given up");
        const ByteView bytes = CO_TRY(std::move(piece));
        if (bytes.empty()) break;
        left -= bytes.size();
        CO_TRY(co_await connection_->send_piece(bytes, chunked));
        if (!chunked && left == 0) break;
    }
    if (chunked) CO_TRY(co_await connection_->send_last_chunk());
    co_return Result<void>{};
}

Task<Result<ByteView>> ClientBody::Exchange::next() {
    if (!connection_) co_return ByteView();
    const auto self = shared_from_this();
    auto piece = co_await connection_->receive_piece();
    if (!piece) {
        if (source_error_) co_return std::unexpected(*source_error_);
        co_return std::unexpected(std::move(piece).error());
    }
    if (piece->empty()) end();
    co_return *piece;
}

void ClientBody::Exchange::end() {
    if (!sending_ && sent_ && connection_->reusable()) {
        pool_.put_back(std::move(connection_));
        lease.release();
        return;
    }
    abort();
}

void ClientBody::Exchange::abort() {
    if (!connection_) return;
    connection_->close();
    if (sending_) stop_sending_.emit(asio::cancellation_type::terminal);
    lease.release();
}

}  // namespace siahub::http
