#include "http/client_connection.hpp"

#include "http/head.hpp"

#include <fmt/format.h>

namespace siahub::http {

namespace {

using std::chrono::steady_clock;

// Also the largest step of a relayed body. Below the size from which malloc asks the kernel for
// fresh pages each time.
constexpr std::size_t kBuffer = 64 * 1024;
constexpr int kMaxInterim = 16;

bool frames_the_message(std::string_view name) {
    return equals_ignoring_case(name, "content-length") ||
           equals_ignoring_case(name, "transfer-encoding") ||
           equals_ignoring_case(name, "connection") || equals_ignoring_case(name, "keep-alive");
}

bool implies_a_body(std::string_view method) {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

void append_framing(std::string& out, const ClientRequest& request) {
    if (const auto* stream = std::get_if<StreamBody>(&request.body)) {
        if (stream->length)
            fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", *stream->length);
        else
            out += "Transfer-Encoding: chunked\r\n";
        return;
    }
    const auto size = std::get<std::string>(request.body).size();
    if (size > 0 || request.announce_empty_body || implies_a_body(request.method))
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", size);
}

std::string render_request(const ClientRequest& request) {
    std::string out = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
    if (!request.headers.find("host"))
        out.append("Host: ").append(request.origin.authority()).append("\r\n");
    for (std::size_t i = 0; i < request.headers.size(); ++i) {
        const auto [name, value] = request.headers[i];
        if (!frames_the_message(name)) out.append(name).append(": ").append(value).append("\r\n");
    }
    append_framing(out, request);
    out += "\r\n";
    return out;
}

}  // namespace

ClientConnection::ClientConnection(asio::io_context& context, net::Deadlines& deadlines,
                                   net::TlsTrust& trust, const Origin& origin,
                                   const ClientOptions& options)
    : origin_(origin),
      options_(options),
      stream_(context, deadlines, trust, {origin.host, origin.port, origin.tls}) {}

Task<Result<void>> ClientConnection::connect() {
    return stream_.connect(steady_clock::now() + options_.connect_timeout);
}

void ClientConnection::rest_until(TimePoint when) {
    in_.reset();
    std::string().swap(out_);
    stream_.change_read_deadline(when);
}

Task<Result<void>> ClientConnection::send_head(const ClientRequest& request) {
    heard_ = false;
    out_ = render_request(request);
    std::array parts{as_bytes(out_), ByteView()};
    if (const auto* text = std::get_if<std::string>(&request.body)) parts[1] = as_bytes(*text);
    co_return co_await stream_.write(parts, options_.stall_timeout);
}

Task<Result<void>> ClientConnection::send_piece(ByteView piece, bool chunked) {
    if (!chunked) co_return co_await stream_.write({&piece, 1}, options_.stall_timeout);
    out_ = fmt::format("{:x}\r\n", piece.size());
    const std::array parts{as_bytes(out_), piece, as_bytes("\r\n")};
    co_return co_await stream_.write(parts, options_.stall_timeout);
}

Task<Result<void>> ClientConnection::send_last_chunk() {
    const ByteView end = as_bytes("0\r\n\r\n");
    co_return co_await stream_.write({&end, 1}, options_.stall_timeout);
}

void ClientConnection::expect_head_within(std::chrono::milliseconds time) {
    head_deadline_ = steady_clock::now() + time;
    stream_.change_read_deadline(head_deadline_);
}

Task<Result<ResponseHead>> ClientConnection::receive_head(bool sending,
                                                          std::chrono::milliseconds time) {
    begin_ = end_ = 0;
    head_deadline_ = sending ? net::Deadlines::kNever : steady_clock::now() + time;
    std::size_t scanned = 0;
    for (int interim = 0;;) {
        const auto end = find_head_end(buffered(), scanned);
        if (end == std::string_view::npos) {
            scanned = buffered().size();
            if (scanned >= options_.max_head_bytes)
                co_return fail(Code::unavailable, "malformed answer: its head is too large");
            if (CO_TRY(co_await fill(head_deadline_)) == 0)
                co_return fail(Code::connection_closed,
                               origin_.authority() + " closed the connection without an answer");
            continue;
        }
        auto head = CO_TRY(parse_response_head(buffered().substr(0, end)));
        begin_ += end;
        scanned = 0;
        if (!head.interim()) co_return head;
        if (head.status == 101 || ++interim > kMaxInterim)
            co_return fail(Code::unavailable, "malformed answer: an interim head out of place");
    }
}

void ClientConnection::begin_body(const ResponseHead& head, bool has_body) {
    keep_alive_ = head.keep_alive;
    left_ = head.content_length.value_or(0);
    decoder_ = ChunkedDecoder();
    if (!has_body || (head.content_length && left_ == 0))
        ends_ = Ends::at_once;
    else if (head.chunked)
        ends_ = Ends::by_chunks;
    else
        ends_ = head.content_length ? Ends::by_length : Ends::by_close;
    ended_ = ends_ == Ends::at_once;
}

Task<Result<ByteView>> ClientConnection::receive_piece() {
    if (ended_) co_return ByteView();
    if (ends_ == Ends::by_chunks) co_return co_await next_of_chunks();
    const auto piece =
        CO_TRY(co_await take(ends_ == Ends::by_length ? left_ : std::uint64_t{kBuffer}));
    if (ends_ == Ends::by_length) {
        if (piece.empty())
            co_return fail(Code::connection_closed, "the answer of " + origin_.authority() +
                                                        " ended before its announced length");
        left_ -= piece.size();
    }
    ended_ = ends_ == Ends::by_length ? left_ == 0 : piece.empty();
    co_return piece;
}

Task<Result<ByteView>> ClientConnection::next_of_chunks() {
    while (decoder_.data_left() == 0 && !decoder_.done()) {
        begin_ += decoder_.feed(buffered());
        if (decoder_.broken())
            co_return fail(Code::unavailable, "malformed answer: broken chunked coding");
        if (decoder_.data_left() > 0 || decoder_.done()) break;
        if (CO_TRY(co_await fill(stall_deadline())) == 0)
            co_return fail(Code::connection_closed,
                           "the answer of " + origin_.authority() + " broke off");
    }
    ended_ = decoder_.done();
    if (ended_) co_return ByteView();
    const auto piece = CO_TRY(co_await take(decoder_.data_left()));
    if (piece.empty())
        co_return fail(Code::connection_closed,
                       "the answer of " + origin_.authority() + " broke off");
    decoder_.take_data(piece.size());
    co_return piece;
}

// Up to `most` bytes of what is there, or of what comes next; empty at the end of the stream.
Task<Result<ByteView>> ClientConnection::take(std::uint64_t most) {
    if (begin_ == end_) CO_TRY(co_await fill(stall_deadline()));
    const auto piece = buffered().substr(0, std::min<std::uint64_t>(most, buffered().size()));
    begin_ += piece.size();
    co_return as_bytes(piece);
}

Task<Result<std::size_t>> ClientConnection::fill(TimePoint deadline) {
    const auto capacity = std::max(kBuffer, options_.max_head_bytes);
    if (!in_) in_ = std::make_unique_for_overwrite<char[]>(capacity);
    if (begin_ > 0) {
        std::memmove(in_.get(), in_.get() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
    }
    const auto room = std::as_writable_bytes(std::span(in_.get() + end_, capacity - end_));
    const auto count = CO_TRY(co_await stream_.read_some(room, deadline));
    end_ += count;
    heard_ = heard_ || count > 0;
    co_return count;
}

ClientConnection::TimePoint ClientConnection::stall_deadline() const {
    return steady_clock::now() + options_.stall_timeout;
}

bool ClientConnection::reusable() const {
    return ended_ && keep_alive_ && ends_ != Ends::by_close && begin_ == end_;
}

}  // namespace siahub::http
