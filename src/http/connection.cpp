#include "http/connection.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

namespace siahub::http {

namespace {

// Of what has to be fetched first.
constexpr std::uint64_t kFirstStep = FileParts::kPartStep / 32;

using std::chrono::steady_clock;

// How much of an unwanted body is read so that the connection can be used again.
constexpr std::uint64_t kDrainLimit = 256 * 1024;

iovec part_of(std::string_view text) {
    return {.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
}

std::uint64_t size_of(const FileBody& body) {
    std::uint64_t size = body.suffix.size();
    for (const auto& slice : body.slices)
        size += slice.prefix.size() + slice.length;
    return size;
}

std::optional<std::uint64_t> size_of(const Response& response) {
    if (const auto* text = std::get_if<std::string>(&response.body)) return text->size();
    if (const auto* files = std::get_if<FileBody>(&response.body)) return size_of(*files);
    return std::get<StreamBody>(response.body).length;
}

}  // namespace

Connection::Connection(Worker& worker, asio::ip::tcp::socket socket,
                       const asio::ip::tcp::endpoint& peer)
    : worker_(worker),
      shared_(worker.shared),
      pass_(shared_.connection_gate),
      socket_(
          std::move(socket), worker.deadlines, [this] { cut(Ending::client_left); },
          worker.traffic),
      body_(socket_, input_, shared_.options.stall_timeout) {
    peer_ = request_.peer_address = peer.address().to_string();
    request_.headers = &head_.headers;
    request_.body = &body_;
    worker_.connections_.insert(this);
    shared_.connections.fetch_add(1, std::memory_order_relaxed);
}

Connection::~Connection() {
    shared_.connections.fetch_sub(1, std::memory_order_relaxed);
    worker_.connections_.erase(this);
}

void Connection::stop_when_idle() {
    if (idle_) cut(Ending::shut_down);
}

void Connection::cut(Ending why) {
    if (cut_) return;
    cut_ = true;
    progress_.ending = why;
    cancel_.emit(asio::cancellation_type::terminal);
    socket_.cancel();
}

Task<void> Connection::run() {
    try {
        while (co_await exchange()) {
        }
        co_await clean_up();
        if (linger_) co_await linger();
    } catch (const std::exception& error) {
        if (!cut_) shared_.log.error("connection_failed", {{"reason", error.what()}});
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await clean_up();
    socket_.close();
}

Task<bool> Connection::exchange() {
    const unsigned refusal = co_await receive_head();
    if (refusal == kGone) co_return false;
    begin_request(refusal == 0);
    {
        ExchangeWatch watch(worker_, request_, body_, socket_, progress_);
        Response response = refusal == 0 ? co_await respond() : shared_.fallback(request_, refusal);
        if (worker_.stopping || !body_.can_drain(kDrainLimit)) close_ = true;
        shared_.finisher(request_, response);
        watch.answered(response.status);
        if (!co_await send(response)) co_return false;
    }
    co_await clean_up();
    linger_ = refusal != 0 || !body_.done();
    if (close_) co_return false;
    if (body_.done()) co_return true;
    linger_ = !co_await body_.drain(kDrainLimit, worker_.scratch);
    co_return !linger_;
}

Task<void> Connection::clean_up() {
    if (!request_.cleanup) co_return;
    co_await request_.cleanup();  // not forgotten before it is done: a cut makes it throw
    request_.cleanup = nullptr;
}

Task<unsigned> Connection::receive_head() {
    const auto& options = shared_.options;
    auto deadline = steady_clock::now() + (first_ ? options.head_timeout : options.idle_timeout);
    std::size_t scanned = 0;
    idle_ = true;
    for (;;) {
        // Some clients end a body with a line that belongs to nobody (RFC 9112 §2.2).
        while (scanned == 0 && input_.bytes().starts_with("\r\n"))
            input_.consume(2);
        const auto bytes = input_.bytes();
        if (!bytes.empty() && idle_) {
            idle_ = first_ = false;
            deadline = steady_clock::now() + options.head_timeout;
        }
        const auto end = find_head_end(bytes, scanned);
        if (end != std::string_view::npos) co_return parse_buffered(end);
        if (bytes.size() >= options.max_head_bytes) co_return bytes.contains('\n') ? 431 : 414;
        if (idle_ && worker_.stopping) co_return kGone;
        scanned = bytes.size() < 3 ? 0 : bytes.size();
        const auto count =
            co_await socket_.read_some(input_.room(options.max_head_bytes), deadline);
        if (!count) co_return idle_ ? kGone : count.error().code == Code::timeout ? 408 : 400;
        input_.commit(*count);
    }
}

unsigned Connection::parse_buffered(std::size_t head_size) {
    const auto parsed = parse_head(input_.bytes().substr(0, head_size), head_);
    input_.consume(head_size);
    if (parsed) return 0;
    shared_.log.debug("head_refused", {{"reason", parsed.error().reason}});
    return parsed.error().status;
}

void Connection::begin_request(bool understood) {
    if (!understood) {  // nothing after a broken head can be trusted, least of all its framing
        head_.clear();
        head_.keep_alive = false;
    }
    close_ = !head_.keep_alive;
    body_.begin(head_);
    request_.method = head_.method;
    request_.path = head_.path;
    request_.query = head_.query;
    request_.captures.clear();
    request_.notes.clear();
    progress_ = {};
    locate_client();
    worker_.request_ids.assign(request_.request_id, head_.headers);
}

void Connection::locate_client() {
    const auto& options = shared_.options;
    const bool trusted = options.trusts_proxy && options.trusts_proxy(peer_);
    if (trusted)
        request_.peer_address = forwarded_client(peer_, head_.headers, options.trusts_proxy);
    if (!options.public_url.empty()) {
        request_.base_url = options.public_url;
    } else if (head_.host.empty()) {
        request_.base_url = shared_.own_url;
    } else if (trusted) {
        request_.base_url = forwarded_base_url(head_.host, head_.headers);
    } else {
        request_.base_url.assign("http://").append(head_.host);
    }
}

Task<Response> Connection::respond() {
    auto match = shared_.router.find(request_.method, request_.path);
    if (match.handler == nullptr) {
        Response response = shared_.fallback(request_, match.method_mismatch ? 405 : 404);
        if (match.method_mismatch) response.headers.set("Allow", match.allowed_methods());
        co_return response;
    }
    progress_.route = match.route;
    request_.captures = std::move(match.captures);
    try {
        socket_.watch_peer(true);
        Response response = co_await (*match.handler)(request_);
        socket_.watch_peer(false);
        co_return response;
    } catch (const std::exception& error) {
        if (cut_) throw;
        shared_.log.error("handler_failed", {{"path", request_.path},
                                             {"request_id", request_.request_id},
                                             {"reason", error.what()}});
    }
    socket_.watch_peer(false);
    co_return shared_.fallback(request_, 500);
}

Framing Connection::frame(const Response& response) {
    Framing framing;
    const bool head_only = request_.method == Method::head;
    if (!has_no_body(response.status)) {
        framing.length = size_of(response);
        if (head_only && response.announced_length) framing.length = response.announced_length;
        if (!framing.length && !head_only) {
            framing.chunked = !head_.http_1_0;
            close_ = close_ || head_.http_1_0;
        }
    }
    framing.close = close_;
    framing.announce_keep_alive = head_.http_1_0;
    return framing;
}

Task<bool> Connection::send(Response& response) {
    const Framing framing = frame(response);
    out_.clear();
    render_head(out_, response, framing, worker_.date.now());
    progress_.body_begin = socket_.bytes_sent() + out_.size();
    const bool head_only = request_.method == Method::head || has_no_body(response.status);
    Result<void> sent;
    if (const auto* text = std::get_if<std::string>(&response.body); text || head_only) {
        sent = co_await send_simple(head_only ? std::string_view{} : *text);
    } else if (const auto* files = std::get_if<FileBody>(&response.body)) {
        sent = co_await send_files(*files);
    } else {
        sent = co_await send_stream(std::get<StreamBody>(response.body), framing);
    }
    if (!sent && !cut_) progress_.ending = ending_of(sent.error().code);
    if (!sent && sent.error().code != Code::connection_closed)
        shared_.log.warn("answer_cut_short", {{"path", request_.path},
                                              {"request_id", request_.request_id},
                                              {"reason", sent.error().message}});
    co_return sent.has_value();
}

Task<Result<void>> Connection::send_simple(std::string_view body) {
    std::array parts{part_of(out_), part_of(body)};
    co_return co_await socket_.send(parts, false, shared_.options.stall_timeout);
}

Task<Result<void>> Connection::send_text(std::string_view text, bool more) {
    iovec part = part_of(text);
    co_return co_await socket_.send({&part, 1}, more, shared_.options.stall_timeout);
}

Task<Result<void>> Connection::send_files(const FileBody& body) {
    for (const auto& slice : body.slices) {
        out_ += slice.prefix;
        CO_TRY(co_await send_text(out_, slice.length > 0));
        out_.clear();
        if (slice.file == nullptr)
            CO_TRY(co_await send_parts(slice));
        else
            CO_TRY(co_await socket_.send_file(slice.file->fd(), slice.offset, slice.length,
                                              shared_.options.stall_timeout));
    }
    out_ += body.suffix;
    if (out_.empty()) co_return Result<void>{};
    co_return co_await send_text(out_, false);
}

// Each part is fetched while the one before is sent. The first ones are small: the first byte
// leaves when little has arrived.
Task<Result<void>> Connection::send_parts(const FileSlice& slice) {
    using namespace asio::experimental::awaitable_operators;
    auto& parts = *slice.parts;
    auto step = std::min(slice.length, kFirstStep);
    socket_.watch_peer(true);
    auto file = CO_TRY(co_await parts.open(slice.offset, step));
    socket_.watch_peer(false);
    for (std::uint64_t sent = 0;;) {
        const auto at = slice.offset + sent;
        sent += step;
        if (sent == slice.length)
            co_return co_await socket_.send_file(file->fd(), at, step,
                                                 shared_.options.stall_timeout);
        const auto next = std::min({2 * step, slice.length - sent, FileParts::kPartStep});
        try {
            file = CO_TRY(
                co_await (send_part(file, at, step) && parts.open(slice.offset + sent, next)));
        } catch (const SendFailed& failed) {
            co_return Failure(failed.error);
        }
        socket_.watch_peer(false);
        step = next;
    }
}

// Throws what went wrong: that ends the fetch beside it.
Task<void> Connection::send_part(std::shared_ptr<const FileHandle> file, std::uint64_t offset,
                                 std::uint64_t length) {
    const auto sent =
        co_await socket_.send_file(file->fd(), offset, length, shared_.options.stall_timeout);
    if (!sent) throw SendFailed{sent.error()};
    // Nothing else will tell from now on that the client has left.
    socket_.watch_peer(true);
}

Task<Result<void>> Connection::send_stream(StreamBody& body, const Framing& framing) {
    // MSG_MORE joins the head with a first piece that comes at once and lets it go alone if not.
    CO_TRY(co_await send_text(out_, true));
    std::uint64_t left = body.length.value_or(UINT64_MAX);
    for (;;) {
        socket_.watch_peer(true);
        const ByteView piece = CO_TRY(co_await body.source->next());
        socket_.watch_peer(false);
        if (piece.empty()) break;
        if (piece.size() > left) co_return fail(Code::internal, "a body is longer than announced");
        left -= piece.size();
        CO_TRY(co_await send_piece(piece, framing.chunked));
    }
    if (body.length && left > 0) co_return fail(Code::internal, "a body is shorter than announced");
    if (!framing.chunked) co_return Result<void>{};
    co_return co_await send_text("0\r\n\r\n", false);
}

Task<Result<void>> Connection::send_piece(ByteView piece, bool chunked) {
    if (!chunked) co_return co_await send_text(as_chars(piece), false);
    std::array<char, 24> size_line{};
    const auto end = fmt::format_to_n(size_line.data(), size_line.size(), "{:x}\r\n", piece.size());
    std::array parts{part_of({size_line.data(), end.size}), part_of(as_chars(piece)),
                     part_of("\r\n")};
    co_return co_await socket_.send(parts, false, shared_.options.stall_timeout);
}

// Closing at once would reset the connection and destroy an answer that is still on its way to a
// client busy sending (RFC 9112 §9.6).
Task<void> Connection::linger() {
    socket_.shutdown_send();
    const auto deadline = steady_clock::now() + shared_.options.linger_timeout;
    while ((co_await socket_.read_some(worker_.scratch, deadline)).has_value()) {
    }
}

}  // namespace siahub::http
